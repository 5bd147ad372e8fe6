using System.Buffers;
using System.IO.Pipelines;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Protocols;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Invoke;

/// <summary>Reads an invocation's body: checks its headers, bounds its length, and has the format parse it where it lies, without a copy.</summary>
internal static class BodyReader
{
    /// <summary>Looks at the headers. Null: they are fine.</summary>
    public static Problem? CheckHeaders(HttpRequest request, WireFormat format, long maxBytes)
    {
        if (request.Headers.ContentEncoding.Count > 0)
        {
            return KnownProblems.WrongEncoding(request.Headers.ContentEncoding.ToString());
        }

        return format.CheckHeaders(request) ?? (request.ContentLength > maxBytes ? KnownProblems.BodyTooLarge(maxBytes) : null);
    }

    /// <summary>Reads and parses the body.</summary>
    /// <returns>The problem with it, or null and what it asks for; and whether it has one of the <paramref name="turns"/>, which the caller gives back.</returns>
    /// <exception cref="BadHttpRequestException">The body is not valid HTTP, or comes too slowly.</exception>
    public static async ValueTask<(Problem? Problem, Invocation Invocation, bool HasTurn)> ReadAsync(
        HttpRequest request, WireFormat format, ServedEndpoint endpoint, ServerOptions options, LargeBodies turns, CancellationToken cancellationToken)
    {
        PipeReader reader = request.BodyReader;
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> body = read.Buffer;
            if (body.Length > options.MaxRequestBytes)
            {
                reader.AdvanceTo(body.End);
                return (KnownProblems.BodyTooLarge(options.MaxRequestBytes), default, false);
            }

            if (read.IsCompleted)
            {
                bool hasTurn = await turns.EnterAsync(body.Length, cancellationToken), isParsed = false;
                try
                {
                    Problem? problem = format.Read(request, body, endpoint, options.MaxPairs, out Invocation invocation);
                    reader.AdvanceTo(body.End);
                    isParsed = true;
                    return (problem, invocation, hasTurn);
                }
                finally
                {
                    if (hasTurn && !isParsed)
                    {
                        turns.Leave();
                    }
                }
            }

            reader.AdvanceTo(body.Start, body.End);
        }
    }
}
