using System.Text.Json.Serialization;

namespace Endpoints.Serving.Problems;

/// <summary>An error as the client reads it: RFC 9457 problem details, and <see cref="Message"/> where AWS clients look for it.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Title">The kind of problem, the same for every occurrence.</param>
/// <param name="Detail">What was found and what to send instead.</param>
internal sealed record Problem(int Status, string Title, string Detail)
{
    /// <summary>The same as <see cref="Detail"/>.</summary>
    public string Message => Detail;

    /// <summary>The endpoint concerned, where there is one.</summary>
    public string? Endpoint { get; init; }

    /// <summary>
    /// Why a request was throttled, <c>queue_delay</c>, <c>concurrency</c> or <c>quota</c>; was late, <c>deadline_unreachable</c> or <c>deadline_passed</c>;
    /// or the state that a server is in which is not ready.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>The header of the same name, in whole seconds.</summary>
    [JsonIgnore]
    public int? RetryAfter { get; init; }

    /// <summary>The <c>Allow</c> header of a 405.</summary>
    [JsonIgnore]
    public string? Allow { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
