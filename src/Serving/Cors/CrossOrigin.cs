using Endpoints.Serving.Cascades;
using Endpoints.Serving.Elastic;
using Endpoints.Serving.Options;
using Endpoints.Serving.Protocols.SageMaker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Endpoints.Serving.Cors;

/// <summary>Lets scripts of pages from other origins call the server, where <see cref="ServerOptions.AllowedOrigins"/> names these; browsers stop all others.</summary>
/// <remarks>
/// Keys travel in headers of their own, never in cookies, so no origin is given credentials. A browser's preflight carries no key, and is answered before one is asked for.
/// </remarks>
internal static class CrossOrigin
{
    /// <summary>Every origin.</summary>
    public const string Any = "*";

    /// <summary>How long a browser may go by a preflight's answer.</summary>
    private static readonly TimeSpan PreflightAge = TimeSpan.FromMinutes(10);

    /// <summary>What a script may read of an answer beside its body; it sees only a few headers unasked.</summary>
    private static readonly string[] Exposed =
    [
        HeaderNames.RetryAfter, "Server-Timing", HeaderNames.Allow, HeaderNames.WWWAuthenticate, "RateLimit", "RateLimit-Policy",
        ElasticHeaders.AnsweredBy, ElasticHeaders.Accuracy, CascadeHeaders.Escalated,
    ];

    public static void AddCrossOrigin(this IServiceCollection services, ServerOptions options)
    {
        if (options.AllowedOrigins.Length > 0)
        {
            services.AddCors(cors => cors.AddDefaultPolicy(policy => Allow(policy, options.AllowedOrigins)));
        }
    }

    /// <summary>Stands before everything that may refuse a request, so that a script can read refusals too.</summary>
    public static void UseCrossOrigin(this WebApplication app, ServerOptions options)
    {
        if (options.AllowedOrigins.Length > 0)
        {
            app.UseCors();
        }
    }

    /// <summary>Whether a text is the origin of pages, as browsers send it: scheme, host and, where it is not the scheme's own, port.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? origin) && origin.Scheme is "http" or "https" && origin.UserInfo.Length == 0
        && origin.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase);

    private static void Allow(CorsPolicyBuilder policy, string[] origins)
    {
        policy.AllowAnyMethod().AllowAnyHeader().WithExposedHeaders([.. Exposed, .. RuntimeHeaders.OfAnswers]).SetPreflightMaxAge(PreflightAge);
        _ = origins is [Any] ? policy.AllowAnyOrigin() : policy.WithOrigins(origins);
    }
}
