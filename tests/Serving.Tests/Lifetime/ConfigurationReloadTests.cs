using System.Net;
using System.Reflection;
using System.Text.Json;
using Endpoints.Serving.Lifetime;
using Endpoints.Serving.Options;
using Endpoints.Serving.Tests.Support;
using Endpoints.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Tests.Lifetime;

public sealed class ConfigurationReloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CapturedLogs _logs = new();

    public void Dispose()
    {
        _folder.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public async Task Reload_LimitsOfEndpoints_HoldForTheNextRequest()
    {
        await using TestHost host = await StartAsync("""{"Endpoints": {"Defaults": {"MaxConcurrency": 200, "OnTooLong": "Truncate"}}}""");
        string tooLong = TestHost.Body(tokens: 80);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(tooLong)).StatusCode);

        await ReloadAsync(host, """
            {"Endpoints": {"Defaults": {"MaxConcurrency": 300, "OnTooLong": "Refuse", "RequestTimeout": "00:00:07"},
             "ByName": {"base": {"MaxQueueDelay": "00:00:01"}}, "Server": {"MaxPairs": 2}}}
            """);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.PostAsync(tooLong)).StatusCode);
        await TestHost.AssertProblem(await host.PostAsync(TestHost.Many(6, 6, 6)), HttpStatusCode.BadRequest, "more than the 2 pairs");
        EndpointOptions options = host.Endpoint().Options;
        Assert.Equal((300, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(1)), (options.MaxConcurrency, options.RequestTimeout, options.MaxQueueDelay));
        Assert.Contains(_logs.Lines, line => line.EndsWith("base: MaxConcurrency is now 300, was 200 ", StringComparison.Ordinal));
        Assert.Contains(_logs.Lines, line => line.EndsWith("base: RequestTimeout is now 00:00:07, was none ", StringComparison.Ordinal));
        Assert.Contains(_logs.Lines, line => line.Contains("read again: 5 settings have changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reload_EndpointsThatCameSince_FollowItToo()
    {
        await using TestHost host = await StartAsync("""{"Endpoints": {"Defaults": {"Weight": 2}}}""");
        foreach ((string name, string body) in ((string, string)[])[
            ("base", """{"of": "base"}"""), ("half", """{"of": "base", "subNetwork": "small:l=1,h=1,u=8", "settings": {"Weight": 5}}""")])
        {
            using HttpResponseMessage put = await host.Client.PutAsync($"/endpoints/{name}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
            Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        }

        await ReloadAsync(host, """{"Endpoints": {"Defaults": {"Weight": 3, "MaxConcurrency": 300}, "ByName": {"half": {"MaxBatchRows": 7}}, "Server": {"ModelRoots": ["/nothing"]}, "Access": {"OpenMetrics": true}}}""");

        // What the client of PUT gave wins over the configuration, as it did then.
        Assert.Equal((3, 300), (host.Endpoint().Queue.Share.Weight, host.Endpoint().Options.MaxConcurrency));
        Assert.Equal((5, 300, 7), (host.Endpoint("half").Queue.Share.Weight, host.Endpoint("half").Options.MaxConcurrency, host.Endpoint("half").Options.MaxBatchRows));
        Assert.Contains(_logs.Lines, line => line.EndsWith("base: Weight is now 3, was 2 ", StringComparison.Ordinal));
        Assert.DoesNotContain(_logs.Lines, line => line.Contains("until a restart", StringComparison.Ordinal));
        JsonElement described = await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/base"));
        Assert.Equal(3, described.GetProperty("settings").GetProperty("weight").GetDouble());
    }

    [Fact]
    public async Task Reload_AnythingWrong_KeepsEverythingAndSaysWhat()
    {
        await using TestHost host = await StartAsync("""{"Endpoints": {"Defaults": {"MaxConcurrency": 200}}}""");

        await ReloadAsync(host, """{"Endpoints": {"Defaults": {"MaxConcurrency": 300, "MaxBatchRows": 0, "MaxQueue": 1}}}""");

        Assert.Equal(200, host.Endpoint().Options.MaxConcurrency);
        string[] refusals = [.. _logs.Lines.Where(line => line.Contains("refused as a whole and the old stays: ", StringComparison.Ordinal))];
        Assert.Contains(refusals, line => line.Contains("'MaxQueue'", StringComparison.Ordinal));
        Assert.DoesNotContain(_logs.Lines, line => line.Contains("read again", StringComparison.Ordinal));

        await ReloadAsync(host, """{"Endpoints": {"Defaults": {"MaxConcurrency": 300""");
        Assert.Equal(200, host.Endpoint().Options.MaxConcurrency);
        Assert.Contains(_logs.Lines, line => line.Contains("The configuration cannot be read and the old stays: ", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(TestHost.Body())).StatusCode);

        await ReloadAsync(host, """{"Endpoints": {"Defaults": {"MaxConcurrency": 300}}}""");
        Assert.Equal(300, host.Endpoint().Options.MaxConcurrency);
    }

    [Fact]
    public async Task Reload_WhatTakesARestart_StaysAndSaysSo()
    {
        await using TestHost host = await StartAsync("""{"Endpoints": {"Defaults": {"MaxBatchTokens": 500}}}""");

        await ReloadAsync(host, """{"Endpoints": {"Defaults": {"MaxBatchTokens": 600}, "Connections": {"MaxHeaders": 5}}}""");

        Assert.Equal(500, host.Endpoint().Options.MaxBatchTokens);
        Assert.Contains(_logs.Lines, line => line.EndsWith("base: MaxBatchTokens is 600 in the configuration and stays 500 until a restart ", StringComparison.Ordinal));
        Assert.Contains(_logs.Lines, line => line.EndsWith("Endpoints:Connections: MaxHeaders is 5 in the configuration and stays 64 until a restart ", StringComparison.Ordinal));
        Assert.Contains(_logs.Lines, line => line.Contains("read again: 0 settings have changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reload_ElasticEndpointsAndCascades_StayAndSaySo()
    {
        await using TestHost host = await StartAsync("""{"Endpoints": {"Cascade": {"fast": {"Members": "base,again", "Threshold": 0.8}}, "Elastic": {"auto": {"Members": "base,again"}}}}""", "again");

        await ReloadAsync(host, """{"Endpoints": {"Cascade": {"fast": {"Members": "base,again", "Threshold": 0.9}}, "Elastic": {"auto": {"Members": "again,base"}, "new": {"Members": "base,again"}}}}""");

        Assert.Contains(_logs.Lines, line => line.EndsWith("Endpoints:Cascade: fast is base,again at 0.9 in the configuration and stays base,again at 0.8 until a restart ", StringComparison.Ordinal));
        Assert.Contains(_logs.Lines, line => line.EndsWith("Endpoints:Elastic: auto is again,base in the configuration and stays base,again until a restart ", StringComparison.Ordinal));
        Assert.Contains(_logs.Lines, line => line.EndsWith("Endpoints:Elastic: new is base,again in the configuration and stays none until a restart ", StringComparison.Ordinal));
        Assert.Contains(_logs.Lines, line => line.Contains("read again: 0 settings have changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reload_Keys_TheNewOnesHoldAndBadOnesAreRefused()
    {
        string file = _folder.File("keys.txt");
        await File.WriteAllTextAsync(file, "alice alice-has-this-key requests=1 burst=2");
        await using TestHost host = await StartAsync($$$"""{"Endpoints": {"Access": {"KeyFile": "{{{file}}}" } } }""");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "alice-has-this-key"));

        await File.WriteAllTextAsync(file, "alice alice-has-this-key requests=1 burst=2\nbob bob-has-another-key");
        Reload(host);

        // Who had spent something has spent it still.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "bob-has-another-key"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "alice-has-this-key"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(host, "alice-has-this-key"));

        await File.WriteAllTextAsync(file, "# nobody");
        Reload(host);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "bob-has-another-key"));
        await File.WriteAllTextAsync(file, "bob bob-has-a-third-key");
        Reload(host);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, "bob-has-another-key"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "bob-has-a-third-key"));
    }

    [Fact]
    public async Task File_Changes_IsTakenOverWithoutASignal()
    {
        await using TestHost host = await StartAsync("""{"Endpoints": {"Defaults": {"MaxConcurrency": 200}}}""");

        await File.WriteAllTextAsync(_folder.File("appsettings.json"), """{"Endpoints": {"Defaults": {"MaxConcurrency": 300}}}""");

        await TestHost.Until(() => host.Endpoint().Options.MaxConcurrency == 300);
    }

    [Theory]
    [InlineData(nameof(ReloadableSettings.Endpoint), typeof(EndpointOptions))]
    [InlineData(nameof(ReloadableSettings.Server), typeof(ServerOptions))]
    [InlineData(nameof(ReloadableSettings.Access), typeof(AccessOptions))]
    [InlineData(nameof(ReloadableSettings.Connections), typeof(ConnectionOptions))]
    [InlineData(nameof(ReloadableSettings.Tracing), typeof(TracingOptions))]
    [InlineData(nameof(ReloadableSettings.Tls), typeof(TlsOptions))]
    [InlineData(nameof(ReloadableSettings.Watchdog), typeof(WatchdogOptions))]
    public void Settings_OfEverySection_NameEveryOption(string table, Type options)
    {
        var settings = (System.Collections.IEnumerable)typeof(ReloadableSettings).GetField(table)!.GetValue(null)!;
        IEnumerable<string> names = settings.Cast<object>().Select(setting => (string)setting.GetType().GetProperty("Name")!.GetValue(setting)!);

        Assert.Equal(options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name).Order(), names.Order());
    }

    private Task<TestHost> StartAsync(string settings, params string[] more)
    {
        File.WriteAllText(_folder.File("appsettings.json"), settings);
        var tokenizer = new FakeTokenizer();
        EndpointDefinition[] one = TestHost.Base(tokenizer);
        return TestHost.StartAsync(new FakeEngine(), tokenizer, [.. one, .. more.Select(name => one[0] with { Name = name })], TestHost.Settings(null) with
        {
            ContentRoot = _folder.Path,
            ConfigureLogging = logging => logging.ClearProviders().AddProvider(_logs),
        });
    }

    private async Task ReloadAsync(TestHost host, string settings)
    {
        await File.WriteAllTextAsync(_folder.File("appsettings.json"), settings);
        Reload(host);
    }

    private static void Reload(TestHost host) => host.App.Services.GetRequiredService<ConfigurationReload>().Reload();

    private static async Task<HttpStatusCode> StatusAsync(TestHost host, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/endpoints") { Headers = { { "X-Api-Key", key } } };
        using HttpResponseMessage answer = await host.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
