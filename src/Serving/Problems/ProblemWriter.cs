using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Problems;

/// <summary>Answers with a problem: <c>application/problem+json</c> and the headers that go with its status.</summary>
internal static class ProblemWriter
{
    private const string ErrorTypeHeader = "x-amzn-ErrorType";

    public static void Write(HttpContext context, Problem problem)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Default.Problem);
        HttpResponse response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        response.ContentLength = body.Length;
        if (problem.RetryAfter is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (problem.Allow is not null)
        {
            response.Headers.Allow = problem.Allow;
        }

        if (problem.Status == StatusCodes.Status429TooManyRequests)
        {
            response.Headers[ErrorTypeHeader] = "ThrottlingException";
        }

        // The server flushes what is written when the request ends.
        body.CopyTo(response.BodyWriter.GetSpan(body.Length));
        response.BodyWriter.Advance(body.Length);
    }
}
