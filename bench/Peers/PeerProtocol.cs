using System.Text.Json.Serialization;

namespace Endpoints.Bench.Peers;

/// <summary>What a peer is asked: to run batches of sequences of tokens some times, or to let a model go.</summary>
internal sealed record PeerRequest(string Model, int[][][]? Batches = null, int Repeat = 0, bool Release = false);

/// <summary>What it answers: seconds of each pass over all batches and the last pass's logits, a row a sequence; or why not.</summary>
internal sealed record PeerAnswer(string? Name, double[]? Seconds, double[][]? Logits, string? Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PeerRequest))]
[JsonSerializable(typeof(PeerAnswer))]
internal sealed partial class PeerJson : JsonSerializerContext;
