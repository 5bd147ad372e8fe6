using System.Net;
using System.Text.Json;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Options;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Protocols;
using Endpoints.Serving.Protocols.Pairs;
using Endpoints.Serving.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Endpoints.Serving.Management;

/// <summary><c>PUT</c> and <c>DELETE /endpoints/{name}</c>.</summary>
internal static class ManagementRoutes
{
    /// <summary>Longest body of a change.</summary>
    private const int MaxBytes = 65_536;

    private static readonly PairsFormat Format = PairsFormat.Instance;

    public static void MapManagement(this WebApplication app)
    {
        var catalog = app.Services.GetRequiredService<EndpointCatalog>();
        var manager = app.Services.GetRequiredService<EndpointManager>();
        var options = app.Services.GetRequiredService<ServerOptions>();
        app.MapMethods("/endpoints/{name}", ["PUT"], async context =>
        {
            string name = context.RouteValue("name");
            (Problem? problem, EndpointChange? change) = await ReadAsync(context, options);
            if (problem is null)
            {
                (problem, bool isNew) = await manager.PutAsync(name, change!);
                context.Response.StatusCode = isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
            }

            await (problem is not null
                ? Format.WriteAsync(context, problem)
                : context.WriteJsonAsync(catalog.Find(name)!.Description with { State = "ready" }, CatalogJson.Default.EndpointDescription));
        });
        app.MapMethods("/endpoints/{name}", ["DELETE"], async context =>
        {
            Problem? problem = WhyForbidden(context, options) ?? await manager.DeleteAsync(context.RouteValue("name"));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            if (problem is not null)
            {
                await Format.WriteAsync(context, problem);
            }
        });
    }

    private static async Task<(Problem? Problem, EndpointChange? Change)> ReadAsync(HttpContext context, ServerOptions options)
    {
        if (WhyForbidden(context, options) is { } forbidden)
        {
            return (forbidden, null);
        }

        if (!JsonFormat.IsJson(context.Request.ContentType))
        {
            return (KnownProblems.WrongMediaType(context.Request.ContentType!, KnownProblems.EndpointExample), null);
        }

        if (context.Request.ContentLength is null or > MaxBytes)
        {
            return (KnownProblems.BodyTooLarge(MaxBytes), null);
        }

        try
        {
            EndpointChange? change = await JsonSerializer.DeserializeAsync(context.Request.Body, EndpointChangeJson.Default.EndpointChange, context.RequestAborted);
            return change is null ? (KnownProblems.InvalidBody("The body is null.", KnownProblems.EndpointExample), null) : (null, change);
        }
        catch (JsonException exception)
        {
            return (KnownProblems.InvalidBody($"The body is not what is expected: {exception.Message}", KnownProblems.EndpointExample), null);
        }
    }

    private static Problem? WhyForbidden(HttpContext context, ServerOptions options)
    {
        bool isAllowed = options.Management ?? (context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote));
        return isAllowed ? null : KnownProblems.ManagementOff();
    }
}
