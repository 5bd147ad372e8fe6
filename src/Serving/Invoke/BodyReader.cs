using System.Buffers;
using System.IO.Pipelines;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Endpoints.Serving.Invoke;

/// <summary>Reads an invocation's body: checks its type, bounds its length, and parses it where it lies, without a copy.</summary>
internal static class BodyReader
{
    /// <summary>Looks at the headers. Null: they are fine.</summary>
    public static Problem? CheckHeaders(HttpRequest request, long maxBytes)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return KnownProblems.WrongEncoding(request.Headers.ContentEncoding.ToString());
        }

        // No type at all is taken for JSON.
        string? type = request.ContentType;
        if (type is not null && type != "application/json" && !IsJson(type))
        {
            return KnownProblems.WrongMediaType(type);
        }

        return request.ContentLength > maxBytes ? KnownProblems.BodyTooLarge(maxBytes) : null;
    }

    /// <summary>Reads and parses the body.</summary>
    /// <returns>The problem with it, or null and the request.</returns>
    /// <exception cref="BadHttpRequestException">The body is not valid HTTP, or comes too slowly.</exception>
    public static async ValueTask<(Problem? Problem, InvokeRequest Request)> ReadAsync(
        HttpRequest request, long maxBytes, int maxPairs, CancellationToken cancellationToken)
    {
        PipeReader reader = request.BodyReader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> body = read.Buffer;
            if (body.Length > maxBytes)
            {
                reader.AdvanceTo(body.End);
                return (KnownProblems.BodyTooLarge(maxBytes), default);
            }

            if (read.IsCompleted)
            {
                Problem? problem = InvokeRequestParser.Parse(body, maxPairs, out InvokeRequest parsed);
                reader.AdvanceTo(body.End);
                return (problem, parsed);
            }

            reader.AdvanceTo(body.Start, body.End);
        }
    }

    private static bool IsJson(string type) =>
        MediaTypeHeaderValue.TryParse(type, out MediaTypeHeaderValue? parsed)
        && (parsed.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || parsed.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (!parsed.Charset.HasValue || HeaderUtilities.RemoveQuotes(parsed.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
