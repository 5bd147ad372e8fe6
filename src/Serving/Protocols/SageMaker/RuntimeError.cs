using System.Text.Json;
using System.Text.Json.Serialization;
using Endpoints.Serving.Problems;

namespace Endpoints.Serving.Protocols.SageMaker;

/// <summary>A problem as the SageMaker runtime names it.</summary>
/// <param name="Type">The exception that an AWS client raises.</param>
/// <param name="Status">HTTP status.</param>
internal readonly record struct RuntimeError(string Type, int Status)
{
    private const string ModelError = "ModelError";

    private static readonly RuntimeErrorJson Json = new(ReadableJson.From(RuntimeErrorJson.Default.Options));

    public static RuntimeError Of(Problem problem, bool throttleAs400) => problem.Status switch
    {
        401 => new("AccessDeniedException", 401),
        429 => new("ThrottlingException", throttleAs400 ? 400 : 429),
        503 when problem.Reason == KnownProblems.Warming => new("ModelNotReadyException", 429),
        503 => new("ServiceUnavailable", 503),

        // What names an endpoint happened in its model.
        >= 500 when problem.Endpoint is not null => new(ModelError, 424),
        >= 500 => new("InternalFailure", 500),
        405 or 413 or 415 => new("ValidationError", problem.Status),
        _ => new("ValidationError", 400),
    };

    public byte[] ToBody(Problem problem) => JsonSerializer.SerializeToUtf8Bytes(
        new RuntimeErrorBody(problem.Detail)
        {
            OriginalStatusCode = Type == ModelError ? problem.Status : null,
            OriginalMessage = Type == ModelError ? problem.Detail : null,
            LogStreamArn = Type == ModelError ? "" : null,
        },
        Json.RuntimeErrorBody);
}

/// <summary>The body of an error: clients look for the message under either name.</summary>
internal sealed record RuntimeErrorBody([property: JsonPropertyName("message")] string Text)
{
    public string Message => Text;

    public int? OriginalStatusCode { get; init; }

    public string? OriginalMessage { get; init; }

    /// <summary>There is no log stream; clients expect the field.</summary>
    public string? LogStreamArn { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RuntimeErrorBody))]
internal sealed partial class RuntimeErrorJson : JsonSerializerContext;
