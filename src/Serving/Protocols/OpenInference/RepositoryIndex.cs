using System.Globalization;
using System.Text.Json;
using Endpoints.Serving.Elastic;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Routing;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary><c>POST /v2/repository/index</c>, as Triton has it: every model with its version and state.</summary>
internal static class RepositoryIndex
{
    private const int MaxBytes = 4_096;
    private const string Example = """Send nothing, or {"ready": true} for those that are ready.""";

    public static RequestDelegate Answer(EndpointDirectory directory, Readiness readiness) => async context =>
    {
        (Problem? problem, IndexRequest request) = await ReadAsync(context);
        (bool isReady, string status, _) = readiness.Look();
        await (problem is not null
            ? InferFormat.Instance.WriteAsync(context, problem)
            : context.WriteJsonAsync(
                [.. directory.All.Where(_ => isReady || !request.Ready).Select(named => new IndexEntry(
                    named.Name, named.Version.ToString(CultureInfo.InvariantCulture), isReady ? "READY" : "UNAVAILABLE", isReady ? "" : status))],
                InferenceJson.Default.IndexEntryArray));
    };

    private static async Task<(Problem? Problem, IndexRequest Request)> ReadAsync(HttpContext context)
    {
        var body = new byte[MaxBytes + 1];
        int length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length == 0 || length > MaxBytes)
        {
            return (length == 0 ? null : KnownProblems.BodyTooLarge(MaxBytes), new IndexRequest());
        }

        try
        {
            return (null, JsonSerializer.Deserialize(body.AsSpan(0, length), InferenceJson.Default.IndexRequest) ?? new IndexRequest());
        }
        catch (JsonException)
        {
            return (KnownProblems.InvalidBody("The body is not what is expected.", Example), new IndexRequest());
        }
    }
}

/// <summary>The body of a request for the index; none is one without a field.</summary>
/// <param name="Ready">True: only models that are ready.</param>
internal sealed record IndexRequest(bool Ready = false);

/// <summary>A model in the index.</summary>
internal sealed record IndexEntry(string Name, string Version, string State, string Reason);
