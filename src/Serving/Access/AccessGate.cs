using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Protocols;
using Endpoints.Serving.Protocols.Pairs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Endpoints.Serving.Access;

/// <summary>
/// Stands before every route: lets health probes pass (1), finds whose key a request has (2), takes it from the key's quota (3), and counts it under
/// the key's name (4). Without keys it is not there at all.
/// </summary>
internal sealed class AccessGate(KeyRing keys, AccessOptions options, AccessMetrics metrics, ILogger<AccessGate> logger)
{
    private const string KeyHeader = "X-Api-Key";
    private const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext context, RequestDelegate next) => keys.HasKeys ? PassAsync(context, next) : next(context);

    private Task PassAsync(HttpContext context, RequestDelegate next)
    {
        // :: 1
        if (OpenRoutes.Include(context.Request, options))
        {
            return next(context);
        }

        // :: 2
        string? presented = Presented(context.Request.Headers);
        if (presented is null)
        {
            return options.AllowAnonymous ? next(context) : Refuse(context, AccessMetrics.NoKey, KnownProblems.NoKey());
        }

        if (keys.Find(presented) is not { } account)
        {
            return Refuse(context, AccessMetrics.UnknownKey, KnownProblems.UnknownKey());
        }

        // :: 3
        if (account.HasQuota)
        {
            context.Response.OnStarting(WriteQuota, (context, account));
        }

        if (account.TryEnter() is { } spent)
        {
            metrics.CountRequest(account.Key.Name, StatusCodes.Status429TooManyRequests);
            return Refuse(context, AccessMetrics.Quota, KnownProblems.QuotaSpent(account.Key.Name, spent));
        }

        // :: 4
        context.Features.Set(account);
        return CountAsync(context, next, account);
    }

    private async Task CountAsync(HttpContext context, RequestDelegate next, KeyAccount account)
    {
        try
        {
            await next(context);
        }
        finally
        {
            bool hasLeft = context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted;
            metrics.CountRequest(account.Key.Name, hasLeft ? ResponseTags.ClientLeft : context.Response.StatusCode);
        }
    }

    private Task Refuse(HttpContext context, string reason, Problem problem)
    {
        metrics.CountRefused(reason);
        Log.Refused(logger, problem.Status, reason);
        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        WireFormat format = context.GetEndpoint()?.Metadata.GetMetadata<WireFormat>() ?? PairsFormat.Instance;
        format.WriteProblem(context, problem);
        return Task.CompletedTask;
    }

    private static string? Presented(IHeaderDictionary headers)
    {
        // A client's Authorization may be for somebody else, as those that sign requests for AWS have it; then the other header counts.
        StringValues authorization = headers.Authorization;
        return authorization.Count == 1 && authorization[0]!.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[0]![Scheme.Length..].Trim()
            : headers.TryGetValue(KeyHeader, out StringValues key) ? key.ToString()
            : null;
    }

    // As the answer goes out, so that what the request itself cost is taken off already.
    private static Task WriteQuota(object state)
    {
        (HttpContext context, KeyAccount account) = ((HttpContext, KeyAccount))state;
        context.Response.Headers["RateLimit-Policy"] = account.Policy;
        context.Response.Headers["RateLimit"] = account.Left;
        return Task.CompletedTask;
    }
}
