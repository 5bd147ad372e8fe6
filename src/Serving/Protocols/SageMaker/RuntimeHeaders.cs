using System.Globalization;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Protocols.SageMaker;

/// <summary>The headers of the SageMaker runtime: those that a request may have, and those that an answer or an error has.</summary>
internal static class RuntimeHeaders
{
    private const string Variant = "AllTraffic";
    private const string CustomAttributes = "X-Amzn-SageMaker-Custom-Attributes";
    private const string InvokedVariant = "x-Amzn-Invoked-Production-Variant";
    private const string RequestId = "x-amzn-RequestId";
    private const string ErrorType = "x-amzn-ErrorType";
    private const string RetryAfter = "x-amz-retry-after";
    private const string InferenceId = "X-Amzn-SageMaker-Inference-Id";
    private const string TargetVariant = "X-Amzn-SageMaker-Target-Variant";
    private const int MostCustomAttributes = 1024;
    private const int MostInferenceId = 64;

    /// <summary>What would change the answer and is not here: better to say so than to answer something else.</summary>
    private static readonly (string Header, string Reason)[] Unsupported =
    [
        ("X-Amzn-SageMaker-Target-Model", "each model here is an endpoint of its own; name it in the path"),
        ("X-Amzn-SageMaker-Target-Container-Hostname", "an endpoint here has one model and no containers to choose from"),
        ("X-Amzn-SageMaker-Inference-Component", "each model here is an endpoint of its own; name it in the path"),
        ("X-Amzn-SageMaker-Session-Id", "there are no sessions; each request stands alone"),
        ("X-Amzn-SageMaker-Enable-Explanations", "there is no explainer"),
    ];

    /// <summary>Every header that an answer or an error can have.</summary>
    public static readonly string[] OfAnswers = [CustomAttributes, InvokedVariant, RequestId, ErrorType, RetryAfter];

    /// <summary>Null: the request's headers are fine.</summary>
    public static Problem? Check(HttpRequest request)
    {
        IHeaderDictionary headers = request.Headers;
        if (headers.TryGetValue(TargetVariant, out var variant) && variant != Variant)
        {
            return KnownProblems.InvalidHeader(TargetVariant, $"names a variant that the endpoint does not have; its one variant is {Variant}");
        }

        if (headers.TryGetValue(CustomAttributes, out var attributes) && !IsShortAscii(attributes.ToString(), MostCustomAttributes))
        {
            return KnownProblems.InvalidHeader(CustomAttributes, $"must be at most {MostCustomAttributes} printable ASCII characters");
        }

        if (headers.TryGetValue(InferenceId, out var id) && !IsShortAscii(id.ToString(), MostInferenceId))
        {
            return KnownProblems.InvalidHeader(InferenceId, $"must be at most {MostInferenceId} printable ASCII characters");
        }

        foreach ((string header, string reason) in Unsupported)
        {
            if (headers.ContainsKey(header))
            {
                return KnownProblems.InvalidHeader(header, $"asks for what this server does not have: {reason}");
            }
        }

        return null;
    }

    /// <summary>Adds the headers of an answer.</summary>
    public static void Add(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        AddRequestId(headers);
        headers[InvokedVariant] = Variant;
        if (context.Request.Headers.TryGetValue(CustomAttributes, out var attributes))
        {
            headers[CustomAttributes] = attributes;
        }
    }

    /// <summary>Adds the headers of an error.</summary>
    public static void Add(HttpContext context, RuntimeError error, Problem problem)
    {
        IHeaderDictionary headers = context.Response.Headers;
        AddRequestId(headers);
        headers[ErrorType] = error.Type;
        if (problem.RetryAfter is { } seconds)
        {
            // In milliseconds: AWS clients with the newer retries wait so long.
            headers[RetryAfter] = (seconds * 1000L).ToString(CultureInfo.InvariantCulture);
        }
    }

    private static void AddRequestId(IHeaderDictionary headers) => headers[RequestId] = Guid.NewGuid().ToString();

    private static bool IsShortAscii(string value, int most) => value.Length <= most && value.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;
}
