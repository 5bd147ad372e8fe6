using System.Text.Json.Serialization;
using Endpoints.Compute;

namespace Endpoints.Bench.Peers;

/// <summary>What was measured of one engine on one workload; medians over rounds that alternate between the engines.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Lengths">What the lengths are.</param>
/// <param name="BatchSize">Sequences of a batch.</param>
/// <param name="IsSorted">True where batches are of sequences of similar length.</param>
/// <param name="Engine">Name and version.</param>
/// <param name="Precision">What the products run in.</param>
/// <param name="PairsPerSecond">Median.</param>
/// <param name="Spread">Half the range between the quartiles, as a share of the median.</param>
/// <param name="BatchMilliseconds">Median milliseconds of one batch.</param>
/// <param name="Rounds">Rounds that the median is of.</param>
/// <param name="AllocatedPerBatch">Bytes that our engine allocated for a batch; unknown of others.</param>
internal sealed record Measurement(
    string Model, string Lengths, int BatchSize, bool IsSorted, string Engine, Precision Precision, double PairsPerSecond, double Spread, double BatchMilliseconds,
    int Rounds, double? AllocatedPerBatch)
{
    [JsonIgnore]
    public bool IsOurs => Engine == OurContestant.Name;
}

/// <summary>A run of the whole comparison, as it is kept.</summary>
internal sealed record PeerRun(string Machine, string Commit, IReadOnlyList<Goal> Goals, IReadOnlyList<Measurement> Measurements);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(PeerRun))]
internal sealed partial class PeerRunJson : JsonSerializerContext;
