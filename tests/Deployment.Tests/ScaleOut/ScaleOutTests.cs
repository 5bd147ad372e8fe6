using System.Text.Json;
using System.Text.RegularExpressions;
using Endpoints.LoadTest;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.Results;
using Endpoints.Tests;
using Spectre.Console;

namespace Endpoints.Deployment.Tests.ScaleOut;

/// <summary>Several server processes behind nginx with the files that users get, and the load tester in front.</summary>
public sealed class ScaleOutTests : IDisposable
{
    private const int Users = 16;

    /// <summary>The tester's first question, which it does not count.</summary>
    private const int Probe = 1;

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ScaleOutTests() => _model = ServerProcess.SaveTrivialModel(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// Each request is followed from the tester through the proxy's log to the servers' counters. What was in flight on the killed server is asked again where the file
    /// as it is allows that, and lost, to the last one counted, where it does not.
    /// </summary>
    [NginxTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ServerKilled_UnderLoad_LosesNoneOrJustThoseInFlightOnIt(bool asksAgain)
    {
        using var servers = await Servers.StartAsync(_model, 3);
        using var proxy = new NginxProxy(servers.Ports, asksAgain);
        await proxy.StartedAsync();
        ServerProcess killed = servers.All[1];

        Task<OutcomeFigures> load = LoadAsync(proxy, TimeSpan.FromSeconds(3), CancellationToken.None);
        await ServeProcess.UntilAsync(async () => await killed.AnsweredAsync() > 100);
        killed.Kill();
        OutcomeFigures seen = await load;

        ProxiedRequest[] log = [.. proxy.Log().Where(request => request.Method == "POST")];
        Assert.Equal(seen.Ok.Count + Probe, log.Count(request => request.Status == 200));
        foreach (ServerProcess survivor in servers.All.Where(server => server != killed))
        {
            Assert.Equal(log.Count(request => request.Status == 200 && request.Asked[^1] == survivor.Port), await survivor.AnsweredAsync());
        }

        ProxiedRequest[] lost = [.. log.Where(request => request.Status is not (200 or 429))];
        Assert.Equal(seen.Failed, lost.Length);
        Assert.True(lost.Length <= (asksAgain ? 0 : Users), $"{lost.Length} lost");
        Assert.All(lost, request => Assert.Equal([killed.Port], request.Asked));
        Assert.True(lost.Length + log.Count(request => request.Asked.SkipLast(1).Contains(killed.Port)) > 0, "Nothing was asked of the killed server after it was killed.");
    }

    [NginxFact]
    public async Task ServersReplaced_OneAfterAnotherUnderLoad_LosesNone()
    {
        using var servers = await Servers.StartAsync(_model, 2);
        using var proxy = new NginxProxy(servers.Ports);
        await proxy.StartedAsync();
        using var replaced = new CancellationTokenSource();

        Task<OutcomeFigures> load = LoadAsync(proxy, TimeSpan.FromMinutes(10), replaced.Token);
        foreach (ServerProcess server in servers.All)
        {
            await ServeProcess.UntilAsync(async () => await server.AnsweredAsync() > 100);
            Assert.Equal(0, await server.StopAsync());
            await server.StartAsync();

            // The proxy takes it back without anybody's word; until it has, the next one is needed.
            await ServeProcess.UntilAsync(async () => await server.AnsweredAsync() > 100);
        }

        await replaced.CancelAsync();
        OutcomeFigures seen = await load;

        Assert.True(seen.Ok.Count > 400, $"{seen.Ok.Count} answers");
        Assert.Equal(0, seen.Failed);
    }

    /// <summary>A question that the proxy takes for something else would not be asked again; a change that it takes for a question would be made twice.</summary>
    [Fact]
    public void Questions_OfTheProxysFile_AreThoseOfTheOpenApiDocument()
    {
        Match location = Regex.Match(File.ReadAllText(Path.Combine(Repository.Root, "docs", "proxy", "nginx.conf")), @"location ~ (\S+) \{");
        var questions = new Regex(location.Groups[1].Value);
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "src", "Serving", "Routing", "openapi.json")));
        string[] posts = [.. document.RootElement.GetProperty("paths").EnumerateObject().Where(path => path.Value.TryGetProperty("post", out _)).Select(path => path.Name)];

        Assert.Equal(["/models"], posts.Where(path => !questions.IsMatch(path.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal))));
        Assert.DoesNotMatch(questions, "/endpoints/base");
    }

    [NginxFact]
    public async Task Changes_AndMetrics_DoNotPassTheProxy()
    {
        using var servers = await Servers.StartAsync(_model, 1);
        using var proxy = new NginxProxy(servers.Ports);
        await proxy.StartedAsync();
        using var client = new HttpClient { BaseAddress = proxy.Address };

        Assert.Equal(200, await StatusAsync(HttpMethod.Get, "/endpoints"));
        Assert.Equal(404, await StatusAsync(HttpMethod.Get, "/metrics"));
        Assert.Equal(403, await StatusAsync(HttpMethod.Delete, "/endpoints/base"));
        Assert.Equal(403, await StatusAsync(HttpMethod.Put, "/endpoints/new"));
        Assert.Equal(403, await StatusAsync(HttpMethod.Post, "/models"));

        async Task<int> StatusAsync(HttpMethod method, string path)
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            using HttpResponseMessage answer = await client.SendAsync(request);
            return (int)answer.StatusCode;
        }
    }

    private async Task<OutcomeFigures> LoadAsync(NginxProxy proxy, TimeSpan length, CancellationToken cancellationToken)
    {
        var options = new LoadTestOptions { Profile = new LoadProfile([new LoadStage(Users, length)]), ReadsMetrics = false };
        var target = new LoadTarget("proxy", new Uri(proxy.Address, $"/endpoints/{ServerProcess.Endpoint}/invoke"));
        LoadPair[] pairs = [new("a dog runs on the beach", "an animal moves"), new("two women talk", "nobody talks")];
        IAnsiConsole silent = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null), Interactive = InteractionSupport.No });
        LoadTestResult result = await ConsoleProgress.RunAsync(
            silent, progress => LoadTester.RunAsync(options, [target], pairs, _folder.File("load"), progress, TimeProvider.System, cancellationToken));
        return result.Targets.Single().Whole;
    }

    private sealed class Servers : IDisposable
    {
        private Servers(string model, int count) => All = [.. Enumerable.Range(0, count).Select(_ => new ServerProcess(model))];

        public IReadOnlyList<ServerProcess> All { get; }

        public IEnumerable<int> Ports => All.Select(server => server.Port);

        public static async Task<Servers> StartAsync(string model, int count)
        {
            var servers = new Servers(model, count);
            await Task.WhenAll(servers.All.Select(server => server.StartAsync()));
            return servers;
        }

        public void Dispose()
        {
            foreach (ServerProcess server in All)
            {
                server.Dispose();
            }
        }
    }
}
