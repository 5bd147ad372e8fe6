using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Endpoints.Serving.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Endpoints.Serving.Tests.Routing;

/// <summary>The document is written by hand, so it is held to what the server does.</summary>
public sealed class OpenApiTests
{
    [Fact]
    public async Task Document_Paths_AreTheMappedRoutes()
    {
        await using TestHost host = await TestHost.StartAsync();
        JsonElement document = await DocumentAsync(host);

        string[] documented = [.. from path in document.GetProperty("paths").EnumerateObject()
                                  from method in path.Value.EnumerateObject()
                                  select $"{method.Name.ToUpperInvariant()} {path.Name}"];

        // The files that the page loads are no interface.
        string[] mapped = [.. from endpoint in host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                              let path = endpoint.RoutePattern.RawText!
                              where !path.StartsWith("/page/", StringComparison.Ordinal)
                              from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
                              where method != HttpMethods.Head // goes without saying where there is GET
                              select $"{method} {path}"];
        Assert.True(mapped.Length > 20, "Too few routes were found.");
        Assert.Equal(mapped.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/ping")]
    [InlineData("/endpoints")]
    [InlineData("/v2/models/base/ready")]
    [InlineData("/metrics")]
    public async Task Head_OfWhatGetAnswers_IsTheSameWithoutABody(string path)
    {
        await using TestHost host = await TestHost.StartAsync();
        using HttpResponseMessage get = await host.Client.GetAsync(path);

        using HttpResponseMessage head = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        Assert.Equal((HttpStatusCode.OK, get.Content.Headers.ContentType), (head.StatusCode, head.Content.Headers.ContentType));
        Assert.True(head.Content.Headers.ContentLength > 0);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        using HttpResponseMessage refused = await host.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/invoke"));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "POST"), (refused.StatusCode, refused.Content.Headers.Allow.Single()));
    }

    [Fact]
    public async Task Document_References_AllLeadSomewhere()
    {
        await using TestHost host = await TestHost.StartAsync();
        JsonElement document = await DocumentAsync(host);
        string[] references = [.. References(document).Distinct()];

        Assert.NotEmpty(references);
        foreach (string reference in references)
        {
            JsonElement at = document;
            foreach (string part in reference.TrimStart('#', '/').Split('/'))
            {
                Assert.True(at.TryGetProperty(part, out at), reference);
            }
        }
    }

    [Fact]
    public async Task Document_Examples_AreAnsweredAsDocumented()
    {
        await using TestHost host = await TestHost.StartAsync();
        JsonElement document = await DocumentAsync(host);
        int sent = 0;
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject().Where(path => path.Value.TryGetProperty("post", out _)))
        {
            JsonElement operation = path.Value.GetProperty("post");
            foreach (JsonProperty media in operation.GetProperty("requestBody").GetProperty("content").EnumerateObject())
            {
                if (!media.Value.TryGetProperty("example", out JsonElement example))
                {
                    continue;
                }

                string body = example.ValueKind == JsonValueKind.String ? example.GetString()! : example.GetRawText();
                var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
                content.Headers.ContentType = new MediaTypeHeaderValue(media.Name);
                using HttpResponseMessage response = await host.Client.PostAsync(path.Name.Replace("{name}", "base", StringComparison.Ordinal).Replace("{version}", "1", StringComparison.Ordinal), content);

                Assert.True(HttpStatusCode.OK == response.StatusCode, $"{path.Name}: {await response.Content.ReadAsStringAsync()}");
                Assert.True(
                    operation.GetProperty("responses").GetProperty("200").GetProperty("content").TryGetProperty(response.Content.Headers.ContentType!.MediaType!, out _), path.Name);
                sent++;
            }
        }

        Assert.True(sent >= 12, $"Only {sent} examples were found.");
    }

    private static async Task<JsonElement> DocumentAsync(TestHost host)
    {
        using HttpResponseMessage response = await host.Client.GetAsync("/openapi/v1.json");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        return await TestHost.JsonOf(response);
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
