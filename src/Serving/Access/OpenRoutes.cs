using Endpoints.Serving.Options;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Access;

/// <summary>What needs no key: the questions whether this server, or an endpoint of it, is alive and ready, which orchestrators ask without any; and the page, which asks for a key itself.</summary>
internal static class OpenRoutes
{
    public static bool Include(HttpRequest request, AccessOptions options)
    {
        PathString path = request.Path;
        return (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && (path.Value is "/" || path.StartsWithSegments("/page") || path.StartsWithSegments("/health") || path.StartsWithSegments("/ping") || path.StartsWithSegments("/v2/health")
                || path.Value!.EndsWith("/ready", StringComparison.OrdinalIgnoreCase)
                || (options.OpenMetrics && path.StartsWithSegments("/metrics")));
    }
}
