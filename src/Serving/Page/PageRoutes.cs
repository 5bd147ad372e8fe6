using Endpoints.Serving.Protocols.Pairs;
using Endpoints.Serving.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Page;

/// <summary>
/// The page at <c>/</c>: plain files, embedded here. It knows nothing but what <c>/endpoints</c>, <c>/metrics</c> and
/// <c>/endpoints/{name}/invoke</c> say.
/// </summary>
internal static class PageRoutes
{
    // Nothing from elsewhere, nothing inline, no frame around it.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Html = "text/html; charset=utf-8";
    private const string Css = "text/css; charset=utf-8";
    private const string Script = "text/javascript; charset=utf-8";

    public static void MapPage(this WebApplication app)
    {
        app.MapFile("/", "index.html", Html);
        app.MapFile("/page/page.css", "page.css", Css);
        foreach (string file in (string[])["page.js", "metrics.js", "front.js", "try.js", "server.js"])
        {
            app.MapFile($"/page/{file}", file, Script);
        }
    }

    private static void MapFile(this WebApplication app, string path, string file, string contentType)
    {
        byte[] content = EmbeddedFile.Read(file);
        app.MapOnly("GET", path, PairsFormat.Instance, context =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            headers.ContentSecurityPolicy = ContentSecurityPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers.CacheControl = "no-cache";
            return context.WriteBytesAsync(contentType, content);
        });
    }
}
