using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Problems;

/// <summary>Answers with a problem.</summary>
internal static class ProblemWriter
{
    private const string ErrorTypeHeader = "x-amzn-ErrorType";

    private static readonly ProblemJson Json = new(ReadableJson.From(ProblemJson.Default.Options));

    /// <summary>As <c>application/problem+json</c>, with the header that makes AWS clients retry a 429.</summary>
    public static void Write(HttpContext context, Problem problem)
    {
        if (problem.Status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers[ErrorTypeHeader] = "ThrottlingException";
        }

        Write(context, problem, problem.Status, "application/problem+json", JsonSerializer.SerializeToUtf8Bytes(problem, Json.Problem));
    }

    /// <summary>With a status and body of another protocol, and the headers that go with the problem.</summary>
    public static void Write(HttpContext context, Problem problem, int status, string contentType, byte[] body)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        if (problem.RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (problem.Allow is not null)
        {
            response.Headers.Allow = problem.Allow;
        }

        // The server flushes what is written when the request ends.
        body.CopyTo(response.BodyWriter.GetSpan(body.Length));
        response.BodyWriter.Advance(body.Length);
    }
}
