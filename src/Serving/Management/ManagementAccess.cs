using System.Net;
using Endpoints.Serving.Access;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Management;

/// <summary>Who may change endpoints: on a server with keys, whoever has one with the right to; on one without, whom the options say.</summary>
internal sealed class ManagementAccess(ServerOptions options, KeyRing keys)
{
    /// <summary>Null: whoever sends this request may change endpoints.</summary>
    public Problem? WhyForbidden(HttpContext context)
    {
        if (options.Management is false)
        {
            return KnownProblems.ManagementOff();
        }

        if (keys.HasKeys)
        {
            ApiKey? key = context.Features.Get<KeyAccount>()?.Key;
            return key is { CanManage: true } ? null : KnownProblems.KeyMayNotManage(key?.Name);
        }

        // Whoever may call this server may be a page of anybody's in a browser on this machine.
        if (IsForeign(context.Request))
        {
            return KnownProblems.ForeignPageMayNotManage(context.Request.Headers.Origin.ToString());
        }

        bool isAllowed = options.Management is true || (context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote));
        return isAllowed ? null : KnownProblems.ManagementOff();
    }

    private static bool IsForeign(HttpRequest request) =>
        request.Headers.Origin is { Count: > 0 } origin
        && !(Uri.TryCreate(origin.ToString(), UriKind.Absolute, out Uri? page) && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
