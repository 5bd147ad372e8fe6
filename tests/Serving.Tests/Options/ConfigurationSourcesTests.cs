using System.Net;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Options;
using Endpoints.Serving.Tests.Support;
using Endpoints.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Endpoints.Serving.Tests.Options;

/// <summary>Changes the process's environment and console, so it runs alone.</summary>
[Collection(nameof(Alone))]
public sealed class ConfigurationSourcesTests
{
    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;

    [Fact]
    public void Build_FileEnvironmentAndArguments_EachWinsOverTheOneBefore()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("appsettings.json"), """{"Endpoints": {"Defaults": {"MaxBatchTokens": 100, "MaxBatchRows": 10, "MaxConcurrency": 1000}}}""");
        Environment.SetEnvironmentVariable("ENDPOINTS__DEFAULTS__MAXBATCHROWS", "20");
        Environment.SetEnvironmentVariable("ENDPOINTS__DEFAULTS__MAXCONCURRENCY", "2000");
        try
        {
            using WebApplication app = Build(new ServingSettings { ContentRoot = folder.Path, Arguments = ["--Endpoints:Defaults:MaxConcurrency=3000"] });

            EndpointOptions options = app.Services.GetRequiredService<EndpointCatalog>().Default.Options;
            Assert.Equal((100, 20, 3000), (options.MaxBatchTokens, options.MaxBatchRows, options.MaxConcurrency));
        }
        finally
        {
            Environment.SetEnvironmentVariable("ENDPOINTS__DEFAULTS__MAXBATCHROWS", null);
            Environment.SetEnvironmentVariable("ENDPOINTS__DEFAULTS__MAXCONCURRENCY", null);
        }
    }

    [Fact]
    public async Task Build_KeysInTheEnvironment_AreAskedForAndNeverConfiguration()
    {
        Environment.SetEnvironmentVariable("ENDPOINTS_API_KEYS", "alice alice-has-this-key; bob bob-has-another-key requests=5");
        try
        {
            await using TestHost host = await TestHost.StartAsync(("ENDPOINTS_API_KEYS", "carol carol-is-on-the-command-line"));

            foreach ((string key, HttpStatusCode expected) in ((string, HttpStatusCode)[])
                [("alice-has-this-key", HttpStatusCode.OK), ("bob-has-another-key", HttpStatusCode.OK), ("carol-is-on-the-command-line", HttpStatusCode.Unauthorized)])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/endpoints") { Headers = { { "X-Api-Key", key } } };
                using HttpResponseMessage answer = await host.Client.SendAsync(request);
                Assert.Equal(expected, answer.StatusCode);
            }
        }
        finally
        {
            Environment.SetEnvironmentVariable("ENDPOINTS_API_KEYS", null);
        }
    }

    [Theory]
    [InlineData("Text")]
    [InlineData("Json")]
    public void Build_LogFormat_ShapesTheConsole(string format)
    {
        using var folder = new TemporaryFolder();
        var console = new StringWriter();
        TextWriter before = Console.Out;
        Console.SetOut(console);
        try
        {
            using WebApplication app = Build(new ServingSettings { ContentRoot = folder.Path, Arguments = [$"--Endpoints:Server:LogFormat={format}"] });
            app.Logger.Log(Microsoft.Extensions.Logging.LogLevel.Information, 0, "hello", null, (state, _) => state);
            app.Logger.Log(Microsoft.Extensions.Logging.LogLevel.Debug, 0, "too fine", null, (state, _) => state);
        }
        finally
        {
            Console.SetOut(before);
        }

        string line = Assert.Single(console.ToString().Trim().Split('\n'));
        if (format == "Json")
        {
            Assert.Equal("hello", System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("RenderedMessage").GetString());
        }
        else
        {
            Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3} INF hello\s*$", line);
        }
    }

    private static WebApplication Build(ServingSettings settings)
    {
        var engine = new FakeEngine();
        Checkpoint checkpoint = TestHost.CheckpointOf(TestHost.Config, new FakeTokenizer());
        return ServingHost.Build(engine, [new("base", checkpoint, SubNetwork.Full(TestHost.Config))], settings);
    }
}
