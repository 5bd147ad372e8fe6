using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary>The Open Inference Protocol, version 2, as KServe and Triton speak it: named tensors in, named tensors out.</summary>
internal sealed class InferFormat : JsonFormat
{
    /// <summary>The one instance.</summary>
    public static readonly InferFormat Instance = new();

    private const string BinaryHeader = "Inference-Header-Content-Length";

    /// <inheritdoc/>
    public override string Example =>
        """Send for example {"inputs": [{"name": "premise", "shape": [1], "datatype": "BYTES", "data": ["A dog runs."]}, """
        + """{"name": "hypothesis", "shape": [1], "datatype": "BYTES", "data": ["An animal moves."]}]}.""";

    /// <inheritdoc/>
    public override Problem? CheckHeaders(HttpRequest request) => request.Headers.ContainsKey(BinaryHeader)
        ? KnownProblems.InvalidHeader(BinaryHeader, "announces binary tensor data, which this server does not take; send the data as JSON")
        : base.CheckHeaders(request);

    /// <inheritdoc/>
    public override void WriteProblem(HttpContext context, Problem problem) => ErrorOnly.Write(context, problem);

    /// <inheritdoc/>
    protected override string? Parse(in ReadOnlySequence<byte> body, ServedEndpoint endpoint, int maxRows, out Invocation invocation)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false });
        return InferRequest.Read(document.RootElement, endpoint, maxRows, out invocation);
    }
}

/// <summary>The error of both versions: an object with one text.</summary>
/// <param name="Error">What is wrong and what to send instead.</param>
internal sealed record ErrorOnly(string Error)
{
    private static readonly InferenceJson Json = new(ReadableJson.From(InferenceJson.Default.Options));

    public static void Write(HttpContext context, Problem problem) => ProblemWriter.Write(
        context, problem, problem.Status, "application/json", JsonSerializer.SerializeToUtf8Bytes(new ErrorOnly(problem.Detail), Json.ErrorOnly));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorOnly))]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(ModelNames))]
[JsonSerializable(typeof(IndexRequest))]
[JsonSerializable(typeof(IndexEntry[]))]
[JsonSerializable(typeof(LiveState))]
[JsonSerializable(typeof(ReadyState))]
[JsonSerializable(typeof(NamedReadyState))]
internal sealed partial class InferenceJson : JsonSerializerContext;
