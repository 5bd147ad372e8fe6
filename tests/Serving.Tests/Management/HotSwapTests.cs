using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Management;

public sealed class HotSwapTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("endpoints-roots-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Put_SubNetworkOfAServedEndpoint_IsServedAndSharesItsWeights()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Engine.Batches.Clear();

        using HttpResponseMessage added = await PutAsync(host, "half", """{"of": "base", "subNetwork": "small:l=1,h=1,u=8", "settings": {"MaxBatchTokens": 100, "Weight": 2.5}}""");

        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        JsonElement description = await TestHost.JsonOf(added);
        Assert.Equal(("half", "small:l=1,h=1,u=8", "ready"), (Text(description, "name"), Text(description, "subNetwork"), Text(description, "state")));
        Assert.Equal(2.5, description.GetProperty("settings").GetProperty("weight").GetDouble());
        Assert.Single(host.Engine.Loaded);
        Assert.Contains(host.Engine.Batches, batch => batch.SubNetwork == "small:l=1,h=1,u=8");
        using HttpResponseMessage answer = await host.PostAsync(TestHost.Body(), "/endpoints/half/invoke");
        Assert.Equal("half", Text(await TestHost.JsonOf(answer), "endpoint"));
        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        Assert.Equal(1, samples["""endpoints_requests_total{endpoint="half",outcome="ok"}"""]);
        Assert.Equal(0, samples["""endpoints_requests_total{endpoint="half",outcome="error"}"""]);
        Assert.Equal(0, samples["""endpoints_queue_depth{endpoint="half"}"""]);
    }

    [Fact]
    public async Task Put_CheckpointBelowARoot_IsServedInItsPrecision()
    {
        SaveCheckpoint("model");
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Server:ModelRoots:0", _root));

        using HttpResponseMessage added = await PutAsync(host, "other", """{"checkpoint": "model", "precision": "int8"}""");

        Assert.Equal((HttpStatusCode.Created, "int8"), (added.StatusCode, Text(await TestHost.JsonOf(added), "precision")));
        using HttpResponseMessage answer = await host.PostAsync("""{"text": "a b"}""", "/endpoints/other/invoke");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        // The few threads of the pool answer requests meanwhile.
        Assert.Equal((2, false), (host.Engine.Loaded.Count, host.Engine.IsLoadedByPool));
    }

    [Fact]
    public async Task Put_ReplacedWhileARequestIsInside_TheOldOneAnswersItAndIsFreedThen()
    {
        SaveCheckpoint("model");
        await using TestHost host = await TestHost.StartAsync(new FakeEngine(laneCount: 2), null, ("Endpoints:Server:ModelRoots:0", _root));
        (await PutAsync(host, "other", """{"checkpoint": "model"}""")).Dispose();
        host.Engine.Hold();
        Task<HttpResponseMessage> inside = host.PostAsync("""{"text": "a b"}""", "/endpoints/other/invoke");
        await host.Engine.BatchStarted();

        // Both lanes must warm the new one up, and one of them is inside the old one.
        Task<HttpResponseMessage> replacing = PutAsync(host, "other", """{"of": "base", "subNetwork": "small:l=1,h=1,u=8"}""");
        await host.Engine.BatchStarted();
        Assert.Equal(0, host.Engine.Released);
        host.Engine.Release();

        Assert.Equal(HttpStatusCode.OK, (await inside).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await replacing).StatusCode);
        Assert.Equal(1, host.Engine.Released);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(TestHost.Body(), "/endpoints/other/invoke")).StatusCode);
    }

    [Fact]
    public async Task Put_EachReplacement_IsANewVersion()
    {
        await using TestHost host = await TestHost.StartAsync();
        Assert.Equal(1, await VersionAsync(host, "base"));
        foreach (string name in (string[])["base", "half", "half"])
        {
            (await PutAsync(host, name, """{"of": "base"}""")).Dispose();
        }

        (await host.Client.DeleteAsync("/endpoints/half")).Dispose();
        Assert.Equal(HttpStatusCode.Created, (await PutAsync(host, "half", """{"of": "base"}""")).StatusCode);

        // A version never means two things, even of a name that was removed.
        Assert.Equal((2, 3), (await VersionAsync(host, "base"), await VersionAsync(host, "half")));
        JsonElement metadata = await TestHost.JsonOf(await host.Client.GetAsync("/v2/models/half"));
        Assert.Equal(["3"], metadata.GetProperty("versions").EnumerateArray().Select(version => version.GetString()));
        foreach ((string version, HttpStatusCode status) in ((string, HttpStatusCode)[])[("3", HttpStatusCode.OK), ("2", HttpStatusCode.NotFound), ("03", HttpStatusCode.NotFound)])
        {
            Assert.Equal(status, (await host.Client.GetAsync($"/v2/models/half/versions/{version}")).StatusCode);
            Assert.Equal(status, (await host.Client.GetAsync($"/v2/models/half/versions/{version}/ready")).StatusCode);
            using HttpResponseMessage answer = await host.PostAsync("""{"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": ["a"]}]}""", $"/v2/models/half/versions/{version}/infer");
            Assert.Equal(status, answer.StatusCode);
            JsonElement body = await TestHost.JsonOf(answer);
            Assert.Equal(status == HttpStatusCode.OK ? "3" : $"There is no version '{version}' of endpoint 'half'; it is version '3' now.", Text(body, status == HttpStatusCode.OK ? "model_version" : "error"));
        }

        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        string info = Assert.Single(samples.Keys, key => key.StartsWith("endpoints_model_info{", StringComparison.Ordinal) && key.Contains("endpoint=\"half\"", StringComparison.Ordinal));
        Assert.Contains("version=\"3\"", info, StringComparison.Ordinal);
        Assert.Equal(1, samples["""endpoints_responses_total{code="200",endpoint="half"}"""]);
        Assert.Equal(2, samples["""endpoints_responses_total{code="404",endpoint="(unknown)"}"""]);
    }

    [Fact]
    public async Task Put_HundredTimesUnderLoad_NoRequestFailsAndNothingOfTheOldOnesStays()
    {
        // Not a sum of powers of two, after which a container that holds on to what it had has just begun anew.
        const int Swaps = 120;
        SaveCheckpoint("model");
        await using TestHost host = await TestHost.StartAsync(
            new FakeEngine(), null, ("Endpoints:Server:ModelRoots:0", _root), ("Endpoints:Defaults:MaxQueueDelay", "00:01:00"));
        (await PutAsync(host, "other", """{"checkpoint": "model"}""")).Dispose();
        using var done = new CancellationTokenSource();
        Task<int>[] clients = [.. Enumerable.Range(0, 4).Select(_ => LoadAsync(host, done.Token))];

        for (int swap = 0; swap < Swaps; swap++)
        {
            using HttpResponseMessage swapped = await PutAsync(host, "other", swap % 2 == 0 ? """{"checkpoint": "model"}""" : """{"of": "base", "subNetwork": "small:l=1,h=1,u=8"}""");
            Assert.Equal(HttpStatusCode.OK, swapped.StatusCode);
        }

        await done.CancelAsync();
        int[] answered = await Task.WhenAll(clients);
        Assert.All(answered, count => Assert.True(count > 10, $"{count} requests were sent."));
        Assert.Equal(2 + (Swaps / 2), host.Engine.Loaded.Count);
        Assert.Equal(1 + (Swaps / 2), host.Engine.Released);
        host.Engine.Loaded.Clear();

        // The base's, and what stacks of lanes and requests may still point at.
        Assert.InRange(AliveNetworks(host), 1, 4);
    }

    [Theory]
    [InlineData("""{"of": "nobody"}""", "there is no endpoint 'nobody' to cut a sub-network of; the endpoints are: base.")]
    [InlineData("""{"of": "base", "subNetwork": "small:l=9,h=1,u=8"}""", "small:l=9,h=1,u=8")]
    [InlineData("""{"of": "base", "precision": "fp8"}""", "must be float32, bfloat16, int8 or auto (found 'fp8')")]
    [InlineData("""{"of": "base", "settings": {"MaxBatchTokens": 1}}""", "must be between 8 and 262144 (found '1')")]
    [InlineData("""{"of": "base", "settings": {"Wait": 1}}""", "Wait")]
    [InlineData("""{}""", "expected one of \"of\"")]
    [InlineData("""{"of": "base", "checkpoint": "model"}""", "expected one of \"of\"")]
    [InlineData("""{"checkpoint": "nothing"}""", "an existing folder below one of the server's model roots")]
    [InlineData("""{"checkpoint": "../model"}""", "an existing folder below one of the server's model roots")]
    [InlineData("""{"checkpoint": "/"}""", "an existing folder below one of the server's model roots")]
    [InlineData("""{"checkpoint": "link"}""", "an existing folder below one of the server's model roots")]
    [InlineData("""{"checkpoint": "broken"}""", "config.json")]
    public async Task Put_CannotBeServed_Is422AndTheOldOneServesOn(string body, string detail)
    {
        Directory.CreateDirectory(Path.Combine(_root, "broken"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), Path.GetTempPath());
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Server:ModelRoots:0", _root));

        using HttpResponseMessage refused = await PutAsync(host, "base", body);

        await TestHost.AssertProblem(refused, HttpStatusCode.UnprocessableEntity, detail);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(TestHost.Body())).StatusCode);
        Assert.Single(host.Engine.Loaded);
    }

    [Fact]
    public async Task Put_WarmUpFails_Is500AndTheOldOneServesOn()
    {
        SaveCheckpoint("model");
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Server:ModelRoots:0", _root));
        host.Engine.OnBatch = _ => throw new InvalidOperationException("out of memory on the device");

        using HttpResponseMessage failed = await PutAsync(host, "base", """{"checkpoint": "model"}""");

        await TestHost.AssertProblem(failed, HttpStatusCode.InternalServerError, "nothing has changed: out of memory on the device");
        Assert.Equal(1, host.Engine.Released);
        host.Engine.OnBatch = _ => { };
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(TestHost.Body())).StatusCode);
    }

    [Theory]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("""{"of": 1}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"off": "base"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"of": "base", "of": "base"}""", HttpStatusCode.BadRequest)]
    public async Task Put_NotWhatIsExpected_Is400WithAnExample(string body, HttpStatusCode status)
    {
        await using TestHost host = await TestHost.StartAsync();

        await TestHost.AssertProblem(await PutAsync(host, "new", body), status, "Send for example");
    }

    [Fact]
    public async Task Put_NotAName_Is422()
    {
        await using TestHost host = await TestHost.StartAsync();

        await TestHost.AssertProblem(await PutAsync(host, "a%20b", """{"of": "base"}"""), HttpStatusCode.UnprocessableEntity, "cannot name an endpoint");
    }

    [Fact]
    public async Task Delete_WithRequestsInside_AnswersThemFirst()
    {
        await using TestHost host = await TestHost.StartPairAsync(new FakeEngine(), null);
        host.Engine.Hold();
        Task<HttpResponseMessage> inside = host.PostAsync(TestHost.Body(), "/endpoints/pruned/invoke");
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage>[] queued = await host.QueueAsync("pruned", TestHost.Body(), TestHost.Many(6, 6));

        Task<HttpResponseMessage> deleting = host.Client.DeleteAsync("/endpoints/pruned");
        await TestHost.Until(() => host.Endpoint("pruned") is null);

        // Off the list at once, and gone once it is empty.
        await TestHost.AssertProblem(await host.PostAsync(TestHost.Body(), "/endpoints/pruned/invoke"), HttpStatusCode.NotFound, "the endpoints are: base.");
        Assert.False(deleting.IsCompleted);
        host.Engine.Release();

        Assert.All(await Task.WhenAll([inside, .. queued]), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(HttpStatusCode.NoContent, (await deleting).StatusCode);
        Assert.DoesNotContain("""endpoints_queue_depth{endpoint="pruned"}""", (await Scrape.OfAsync(host)).Keys);
        Assert.Equal(0, host.Engine.Released);
    }

    [Fact]
    public async Task Delete_DefaultOrUnknown_IsRefused()
    {
        await using TestHost host = await TestHost.StartPairAsync(new FakeEngine(), null);

        await TestHost.AssertProblem(await host.Client.DeleteAsync("/endpoints/base"), HttpStatusCode.Conflict, "'base' is the default endpoint");
        await TestHost.AssertProblem(await host.Client.DeleteAsync("/endpoints/nobody"), HttpStatusCode.NotFound, "There is no endpoint 'nobody'");
    }

    [Fact]
    public async Task ManagementOff_PutAndDelete_Are403()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Server:Management", "false"));

        await TestHost.AssertProblem(await PutAsync(host, "new", """{"of": "base"}"""), HttpStatusCode.Forbidden, "Endpoints:Server:Management");
        await TestHost.AssertProblem(await host.Client.DeleteAsync("/endpoints/base"), HttpStatusCode.Forbidden, "Endpoints:Server:Management");
    }

    [Fact]
    public async Task NoRoots_Checkpoint_IsRefused()
    {
        await using TestHost host = await TestHost.StartAsync();

        await TestHost.AssertProblem(await PutAsync(host, "new", """{"checkpoint": "model"}"""), HttpStatusCode.UnprocessableEntity, "ModelRoots names no folder");
    }

    private static async Task<int> LoadAsync(TestHost host, CancellationToken done)
    {
        int count = 0;
        for (; !done.IsCancellationRequested; count++)
        {
            using HttpResponseMessage response = await host.PostAsync("""{"text": "a b"}""", "/endpoints/other/invoke", CancellationToken.None);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        return count;
    }

    private static async Task<int> VersionAsync(TestHost host, string name) =>
        (await TestHost.JsonOf(await host.Client.GetAsync($"/endpoints/{name}"))).GetProperty("version").GetInt32();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int AliveNetworks(TestHost host)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return host.Engine.Networks.Count(network => network.IsAlive);
    }

    private static string? Text(JsonElement element, string field) => element.GetProperty(field).GetString();

    private static Task<HttpResponseMessage> PutAsync(TestHost host, string name, string body) =>
        host.Client.PutAsync($"/endpoints/{name}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

    private void SaveCheckpoint(string name)
    {
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b"];
        BertConfig config = BertConfig.Uniform(vocabulary.Length, 8, 2, 2, 16, 64, "entailment", "not_entailment");
        CheckpointFolder.Save(Path.Combine(_root, name), new Checkpoint
        {
            Config = config,
            Parameters = new BertParameters(config),
            Tokenizer = new WordPieceTokenizer(vocabulary),
        });
    }
}
