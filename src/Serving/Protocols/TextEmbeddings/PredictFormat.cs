using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Protocols.TextEmbeddings;

/// <summary><c>/predict</c> as text-embeddings-inference (TEI) has it, with its errors.</summary>
internal sealed class PredictFormat : JsonFormat
{
    /// <summary>The one instance.</summary>
    public static readonly PredictFormat Instance = new();

    private static readonly PredictJson Json = new(ReadableJson.From(PredictJson.Default.Options));

    /// <inheritdoc/>
    public override string Example =>
        """Send one text as {"inputs": "A text."}, one pair as {"inputs": ["A dog runs.", "An animal moves."]}, """
        + """or several as {"inputs": [["premise", "hypothesis"], ["A text."], ...]}.""";

    /// <inheritdoc/>
    public override void WriteProblem(HttpContext context, Problem problem)
    {
        (string type, int status) = problem.Status switch
        {
            401 => ("unauthorized", 401),
            429 => ("overloaded", 429),
            503 => ("unhealthy", 503),
            504 => ("backend", 504),
            >= 500 => ("backend", 424),
            _ => ("validation", problem.Status),
        };
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new PredictError(problem.Detail, type), Json.PredictError);
        ProblemWriter.Write(context, problem, status, "application/json", body);
    }

    /// <inheritdoc/>
    protected override string? Parse(in ReadOnlySequence<byte> body, ServedEndpoint endpoint, int maxRows, out Invocation invocation) =>
        PredictParser.Parse(body, maxRows, out invocation);
}

/// <summary>The body of an error.</summary>
/// <param name="Error">What is wrong and what to send instead.</param>
/// <param name="ErrorType"><c>validation</c>, <c>unauthorized</c>, <c>overloaded</c>, <c>unhealthy</c> or <c>backend</c>.</param>
internal sealed record PredictError(string Error, string ErrorType);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PredictError))]
[JsonSerializable(typeof(ServerInfo))]
internal sealed partial class PredictJson : JsonSerializerContext;
