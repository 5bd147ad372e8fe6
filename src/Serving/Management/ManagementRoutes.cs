using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Problems;
using Endpoints.Serving.Protocols;
using Endpoints.Serving.Protocols.Pairs;
using Endpoints.Serving.Routing;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Serving.Management;

/// <summary><c>PUT</c> and <c>DELETE /endpoints/{name}</c>.</summary>
internal static class ManagementRoutes
{
    /// <summary>Longest body of a change.</summary>
    private const int MaxBytes = 65_536;

    private static readonly PairsFormat Format = PairsFormat.Instance;

    /// <summary>Adds an endpoint, or replaces the one of this name.</summary>
    public static RequestDelegate Put(EndpointCatalog catalog, EndpointManager manager, ManagementAccess access) => async context =>
    {
        string name = context.RouteValue("name");
        (Problem? problem, EndpointChange? change) = await ReadAsync(context, access, EndpointChangeJson.Default.EndpointChange, KnownProblems.EndpointExample);
        if (problem is null)
        {
            (problem, bool isNew) = await manager.PutAsync(name, change!);
            context.Response.StatusCode = isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        }

        await (problem is not null
            ? Format.WriteAsync(context, problem)
            : context.WriteJsonAsync(catalog.Find(name)!.Describe("ready"), CatalogJson.Default.EndpointDescription));
    };

    /// <summary>Removes an endpoint once its requests are answered.</summary>
    public static RequestDelegate Delete(EndpointManager manager, ManagementAccess access) => async context =>
    {
        Problem? problem = access.WhyForbidden(context) ?? await manager.DeleteAsync(context.RouteValue("name"));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        if (problem is not null)
        {
            await Format.WriteAsync(context, problem);
        }
    };

    /// <summary>Reads the body of a change.</summary>
    /// <returns>The problem with it, or with who sends it; or null and the body.</returns>
    public static async Task<(Problem? Problem, T? Body)> ReadAsync<T>(HttpContext context, ManagementAccess access, JsonTypeInfo<T> type, string example)
        where T : class
    {
        if (access.WhyForbidden(context) is { } forbidden)
        {
            return (forbidden, null);
        }

        // It has to be named: a web page of anybody's may send a request without a type to this machine, and only that.
        if (context.Request.ContentType is null || !JsonFormat.IsJson(context.Request.ContentType))
        {
            return (KnownProblems.WrongMediaType(context.Request.ContentType ?? "", example), null);
        }

        if (context.Request.ContentLength is null or > MaxBytes)
        {
            return (KnownProblems.BodyTooLarge(MaxBytes), null);
        }

        try
        {
            T? body = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
            return body is null ? (KnownProblems.InvalidBody("The body is null.", example), null) : (null, body);
        }
        catch (JsonException exception)
        {
            return (KnownProblems.InvalidBody($"The body is not what is expected: {exception.Message}", example), null);
        }
    }
}
