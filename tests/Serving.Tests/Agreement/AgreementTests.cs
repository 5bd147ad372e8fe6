using System.Net;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Agreement;
using Endpoints.Serving.Tests.Support;
using Endpoints.Tests;
using Microsoft.AspNetCore.Builder;
using Encoding = System.Text.Encoding;

namespace Endpoints.Serving.Tests.Agreement;

/// <summary><c>pruned</c> is cut from <c>base</c> and gives texts from word 50 on another label: 0.88 where base says 0.12.</summary>
public sealed class AgreementTests
{
    private const int Differs = 50;
    private const double Sure = 0.88079707797788;

    [Fact]
    public async Task Sampled_EveryAnswer_IsComparedAndCountedExactly()
    {
        await using TestHost host = await StartAsync(1);

        foreach (int word in (int[])[7, Differs, 8, 9])
        {
            (await host.PostAsync(TestHost.Body(6, word), "/endpoints/pruned/invoke")).Dispose();
        }

        (await host.PostAsync($$"""{"pairs": [{{TestHost.Body(6, 7)}}, {{TestHost.Body(6, Differs + 1)}}]}""", "/endpoints/pruned/invoke")).Dispose();
        (await host.PostAsync(TestHost.Body(6, Differs))).Dispose();
        await UntilComparedAsync(host, 6);

        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        const string Labels = """{endpoint="pruned",reference="base"}""";
        Assert.Equal((6, 2), (samples["endpoints_agreement_rows_total" + Labels], samples["endpoints_disagreement_rows_total" + Labels]));
        Assert.Equal(2 * ((2 * Sure) - 1), samples["endpoints_agreement_drift_total" + Labels], 1e-6);
        Assert.Equal(0, samples["""endpoints_agreement_dropped_total{endpoint="pruned"}"""]);

        // It is nobody's request: neither name has more requests, batches or tokens for it.
        Assert.Equal((1, 5), (samples["""endpoints_requests_total{endpoint="base",outcome="ok"}"""], samples["""endpoints_requests_total{endpoint="pruned",outcome="ok"}"""]));
        Assert.Equal((1, 6), (samples["""endpoints_batch_rows_sum{endpoint="base"}"""], samples["""endpoints_batch_rows_sum{endpoint="pruned"}"""]));

        JsonElement agreement = (await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/pruned"))).GetProperty("agreement");
        Assert.Equal(("base", 6), (agreement.GetProperty("reference").GetString(), agreement.GetProperty("rows").GetInt32()));
        Assert.Equal(4 / 6.0, agreement.GetProperty("share").GetDouble(), 12);
        Assert.Equal((0.300, 0.903), (Math.Round(agreement.GetProperty("low").GetDouble(), 3), Math.Round(agreement.GetProperty("high").GetDouble(), 3)));
        Assert.Equal(2 * ((2 * Sure) - 1) / 6, agreement.GetProperty("drift").GetDouble(), 1e-6);
        Assert.False((await TestHost.JsonOf(await host.Client.GetAsync("/endpoints/base"))).TryGetProperty("agreement", out _));
    }

    [Fact]
    public async Task SomethingWaits_NothingIsCompared()
    {
        await using TestHost host = await StartAsync(1);
        host.Engine.Hold();
        Task<HttpResponseMessage> running = host.PostAsync(TestHost.Body(20), "/endpoints/pruned/invoke");
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage>[] queued = [.. await host.QueueAsync("base", TestHost.Body(21)), .. await host.QueueAsync("pruned", TestHost.Body(22))];

        // The first answer is sampled while others wait for the one lane, which is held in each of their batches in turn.
        host.Engine.ReleaseOne();
        await running;
        await host.Engine.BatchStarted();
        host.Engine.ReleaseOne();
        await host.Engine.BatchStarted();
        Assert.Equal(3, host.Engine.Batches.Count);
        host.Engine.Release();
        await Task.WhenAll(queued);
        await UntilComparedAsync(host, 2);

        Assert.Equal([20, 21, 22, 20, 22], host.Engine.Batches.Select(batch => batch.RowLengths.Single()));
        Assert.Equal([false, true, false, true, true], host.Engine.Batches.Select(batch => batch.SubNetwork == Full));
    }

    [Fact]
    public async Task AnotherLaneIsBusy_RowsWaitAndTheOldestAreDropped()
    {
        await using TestHost host = await StartAsync(2);
        (Task<HttpResponseMessage> held, SemaphoreSlim gate) = await HoldOneLaneAsync(host);
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage answer = await host.PostAsync(
                $$"""{"pairs": [{{string.Join(", ", Enumerable.Range(0, 100).Select(row => TestHost.Body(6, i == 0 ? Differs : 7)))}}]}""", "/endpoints/pruned/invoke");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.DoesNotContain(host.Engine.Batches, batch => batch.SubNetwork == Full && batch.RowLengths is not [30]);
        gate.Release();
        await held;
        await UntilComparedAsync(host, AgreementCheck.Capacity);

        // 44 of the first 100 made room; all of those differ.
        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        Assert.Equal(300 - AgreementCheck.Capacity, samples["""endpoints_agreement_dropped_total{endpoint="pruned"}"""]);
        Assert.Equal(100 - (300 - AgreementCheck.Capacity), samples["""endpoints_disagreement_rows_total{endpoint="pruned",reference="base"}"""]);
    }

    [Fact]
    public async Task Draining_NothingIsCompared()
    {
        await using TestHost host = await StartAsync(2);
        (Task<HttpResponseMessage> held, SemaphoreSlim gate) = await HoldOneLaneAsync(host);
        (await host.PostAsync(TestHost.Body(6), "/endpoints/pruned/invoke")).Dispose();

        Task stopping = host.App.StopAsync();
        await TestHost.Until(() => host.App.Lifetime.ApplicationStopping.IsCancellationRequested);
        gate.Release();
        await held;
        await stopping;

        Assert.DoesNotContain(host.Engine.Batches, batch => batch.SubNetwork == Full && batch.RowLengths is [6]);
    }

    [Fact]
    public async Task RequestComes_RowIsGivenUpBeforeItsNextLayerAndComparedLater()
    {
        await using TestHost host = await StartAsync(1);
        using SemaphoreSlim reached = new(0), gate = new(0);
        host.Engine.BeforeLayer = () =>
        {
            reached.Release();
            Assert.True(gate.Wait(TestHost.Patience));
        };
        (await host.PostAsync(TestHost.Body(6), "/endpoints/pruned/invoke")).Dispose();

        // Nobody waits before the first layer, so it goes on to the second.
        Assert.True(await reached.WaitAsync(TestHost.Patience));
        gate.Release();
        Assert.True(await reached.WaitAsync(TestHost.Patience));
        host.Engine.Hold();
        Task<HttpResponseMessage>[] waiting = await host.QueueAsync("pruned", TestHost.Body(9));
        gate.Release();
        await host.Engine.BatchStarted();
        Assert.Equal([9], Assert.Single(host.Engine.Batches).RowLengths);
        host.Engine.BeforeLayer = null;
        host.Engine.Release();
        Assert.Equal(HttpStatusCode.OK, (await waiting[0]).StatusCode);

        await UntilComparedAsync(host, 2);
        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        Assert.Equal(0, samples["""endpoints_agreement_dropped_total{endpoint="pruned"}"""]);
        Assert.Equal([9, 6, 9], host.Engine.Batches.Select(batch => batch.RowLengths.Single()));
    }

    [Fact]
    public async Task ReferenceFails_RowIsDroppedAndTheServerServesOn()
    {
        await using TestHost host = await StartAsync(1);
        host.Engine.OnBatch = batch => _ = host.Engine.Batches.Last().SubNetwork == Full ? throw new InvalidOperationException("broken") : 0;

        (await host.PostAsync(TestHost.Body(6), "/endpoints/pruned/invoke")).Dispose();

        await TestHost.Until(() => Scrape.OfAsync(host).Result["""endpoints_agreement_dropped_total{endpoint="pruned"}"""] == 1);
        Assert.Equal(0, host.Endpoint("pruned").Agreement.Describe("base").Rows);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync(TestHost.Body(6), "/endpoints/pruned/invoke")).StatusCode);
    }

    [Fact]
    public async Task Replaced_CountingStartsAnew()
    {
        await using TestHost host = await StartAsync(1);
        (await host.PostAsync(TestHost.Body(6), "/endpoints/pruned/invoke")).Dispose();
        await UntilComparedAsync(host, 1);

        using HttpResponseMessage put = await host.Client.PutAsync(
            "/endpoints/pruned", new StringContent("""{"of": "base", "subNetwork": "small:l=1,h=2,u=8"}""", Encoding.UTF8, "application/json"));

        JsonElement agreement = (await TestHost.JsonOf(put)).GetProperty("agreement");
        Assert.Equal(("base", 0, false), (agreement.GetProperty("reference").GetString(), agreement.GetProperty("rows").GetInt32(), agreement.TryGetProperty("share", out _)));
        Assert.Equal(1, (await Scrape.OfAsync(host))["""endpoints_agreement_rows_total{endpoint="pruned",reference="base"}"""]);
    }

    [Fact]
    public async Task Key_OfTheCaller_IsNotCharged()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("keys"), "alice alice-has-this-key");
        var time = new ManualTimeProvider();
        await using TestHost host = await StartAsync(1, time, ("Endpoints:Access:KeyFile", folder.File("keys")));
        host.Client.DefaultRequestHeaders.Add("X-Api-Key", "alice-has-this-key");
        host.Engine.OnBatch = _ => time.Advance(TimeSpan.FromMilliseconds(1));

        (await host.PostAsync(TestHost.Body(6), "/endpoints/pruned/invoke")).Dispose();
        await UntilComparedAsync(host, 1);

        Assert.Equal(0.001, (await Scrape.OfAsync(host))["""endpoints_key_compute_seconds_total{key="alice"}"""], 1e-9);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.25", 56)]
    public async Task Share_OfAnEndpoint_DecidesHowManyAndAlwaysWhich(string share, int expected)
    {
        await using TestHost host = await StartAsync(1, null, ("Endpoints:ByName:pruned:AgreementShare", share));
        for (int i = 0; i < 200; i++)
        {
            (await host.PostAsync(TestHost.Body(6), "/endpoints/pruned/invoke")).Dispose();
        }

        await UntilComparedAsync(host, expected);
        Assert.Equal(expected, Enumerable.Range(1, 200).Count(n => AgreementSampling.Includes(n, double.Parse(share, System.Globalization.CultureInfo.InvariantCulture))));
        Assert.Equal(expected, host.Engine.Batches.Count(batch => batch.SubNetwork == Full && batch.RowLengths is [6]));
    }

    [Fact]
    public void Includes_OverMany_IsTheShareAndNoRhythm()
    {
        bool[] sampled = [.. Enumerable.Range(1, 100_000).Select(n => AgreementSampling.Includes(n, 0.01))];

        Assert.InRange(sampled.Count(one => one), 900, 1100);
        foreach (int period in (int[])[2, 10, 100])
        {
            int inPhase = sampled.Where((_, n) => n % period == 0).Count(one => one);
            Assert.InRange(inPhase, 0.3 * 1000 / period, 2.2 * 1000 / period);
        }

        Assert.True(Enumerable.Range(1, 1000).All(n => AgreementSampling.Includes(n, 1) && !AgreementSampling.Includes(n, 0)));
    }

    [Theory]
    [InlineData(95, 100, 0.8882, 0.9785)]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(10, 10, 0.7225, 1)]
    public void Wilson_KnownShares_GiveTheKnownInterval(int hits, int trials, double low, double high)
    {
        (double found, double top) = AgreementCounts.Wilson(hits, trials);

        Assert.Equal((low, high), (Math.Round(found, 4), Math.Round(top, 4)));
    }

    [Theory]
    [InlineData("base", null)]
    [InlineData("cut", "base")]
    [InlineData("extracted", "base")]
    [InlineData("int8", "base")]
    [InlineData("twin", null)]
    [InlineData("stranger", null)]
    [InlineData("relabelled", null)]
    [InlineData("rating", null)]
    [InlineData("cutRating", null)]
    public async Task Reference_OfEachKind_IsTheWholeNetworkItWasCutFrom(string endpoint, string? expected)
    {
        var tokenizer = new FakeTokenizer();
        BertConfig config = TestHost.Config, small = SubNetwork.Small(config, 1, 2, 16).ConfigOf(config);
        BertConfig regression = BertConfig.Uniform(1000, 8, 2, 2, 16, 64, "rating"), other = BertConfig.Uniform(1000, 8, 2, 2, 16, 64, "yes", "no");
        var parent = new EndpointMetadata { SubNetwork = "small:l=1,h=2,u=16", Parent = "base", ParentParameters = ParameterCount.Sliced(config, SubNetwork.Full(config)) };
        Checkpoint whole = TestHost.CheckpointOf(config, tokenizer), rating = TestHost.CheckpointOf(regression, tokenizer);
        await using TestHost host = await TestHost.StartAsync(
            new FakeEngine(),
            tokenizer,
            [
                new("base", whole, SubNetwork.Full(config)),
                new("cut", whole, SubNetwork.Small(config, 1, 1, 8)),
                new("extracted", TestHost.CheckpointOf(small, tokenizer, parent), SubNetwork.Full(small)),
                new("int8", whole, SubNetwork.Full(config)),
                new("twin", whole, SubNetwork.Full(config)),
                new("stranger", TestHost.CheckpointOf(small, tokenizer), SubNetwork.Full(small)),
                new("relabelled", TestHost.CheckpointOf(other, tokenizer), SubNetwork.Full(other)),
                new("rating", rating, SubNetwork.Full(regression)),
                new("cutRating", rating, SubNetwork.Small(regression, 1, 1, 8)),
            ],
            TestHost.Settings(null, ("Endpoints:Defaults:Precision", "float32"), ("Endpoints:ByName:int8:Precision", "int8")));

        JsonElement description = await TestHost.JsonOf(await host.Client.GetAsync($"/endpoints/{endpoint}"));

        Assert.Equal(expected, description.TryGetProperty("agreement", out JsonElement agreement) ? agreement.GetProperty("reference").GetString() : null);
    }

    [Fact]
    public async Task RealNetworks_AgreementIsWhatAskingBothSays()
    {
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 95).Select(i => $"w{i}")];
        BertConfig config = BertConfig.Uniform(vocabulary.Length, 32, 3, 4, 64, 64, "yes", "no");
        var checkpoint = new Checkpoint { Config = config, Parameters = BertParameters.Random(config, 3, standardDeviation: 0.4f), Tokenizer = new WordPieceTokenizer(vocabulary) };
        using var engine = new CpuEngine();
        EndpointDefinition[] endpoints = [new("base", checkpoint, SubNetwork.Full(config)), new("pruned", checkpoint, SubNetwork.Small(config, 1, 2, 16))];
        await using WebApplication app = ServingHost.Build(engine, endpoints, TestHost.Settings(null, ("Endpoints:Defaults:AgreementShare", "1")));
        await app.StartAsync();
        await ServingHost.WaitUntilReadyAsync(app, CancellationToken.None).WaitAsync(TestHost.Patience);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        int agreed = 0;
        for (int i = 0; i < 60; i++)
        {
            string body = $$"""{"premise": "w{{i}} w{{i * 7 % 95}} w{{i * 31 % 95}}", "hypothesis": "w{{i * 13 % 95}}"}""";
            string[] labels = [await LabelAsync(client, "base", body), await LabelAsync(client, "pruned", body)];
            agreed += labels[0] == labels[1] ? 1 : 0;
        }

        JsonElement agreement = default;
        using var patience = new CancellationTokenSource(TestHost.Patience);
        do
        {
            agreement = JsonDocument.Parse(await client.GetStringAsync("/endpoints/pruned", patience.Token)).RootElement.GetProperty("agreement");
        }
        while (agreement.GetProperty("rows").GetInt32() < 60);

        Assert.InRange(agreed, 1, 59);
        Assert.Equal(agreed / 60.0, agreement.GetProperty("share").GetDouble(), 12);
        Assert.InRange(agreement.GetProperty("drift").GetDouble(), 1e-6, 1);
        await app.StopAsync();
    }

    private static string Full => SubNetwork.Full(TestHost.Config).ToString();

    private static async Task<string> LabelAsync(HttpClient client, string endpoint, string body)
    {
        using HttpResponseMessage answer = await client.PostAsync($"/endpoints/{endpoint}/invoke", new StringContent(body, Encoding.UTF8, "application/json"));
        return (await TestHost.JsonOf(answer)).GetProperty("label").GetString()!;
    }

    private static Task UntilComparedAsync(TestHost host, int rows) => TestHost.Until(() => host.Endpoint("pruned").Agreement.Describe("base").Rows == rows);

    // A batch of base's that ends only when the gate opens; the other lane works on.
    private static async Task<(Task<HttpResponseMessage> Held, SemaphoreSlim Gate)> HoldOneLaneAsync(TestHost host)
    {
        var gate = new SemaphoreSlim(0);
        host.Engine.Batches.Clear();
        host.Engine.OnBatch = batch => Assert.True(batch.TokenCount != 30 || gate.Wait(TestHost.Patience), "The gate never opened.");
        Task<HttpResponseMessage> held = host.PostAsync(TestHost.Body(30));
        await TestHost.Until(() => !host.Engine.Batches.IsEmpty);
        return (held, gate);
    }

    private static Task<TestHost> StartAsync(int lanes, TimeProvider? time = null, params (string Key, string Value)[] configuration)
    {
        FakeEngine engine = null!;
        engine = new FakeEngine(lanes)
        {
            LogitOf = (batch, row, label) => (label == 0) == (batch.SubNetwork == Full || batch.FirstWords[row] < Differs) ? 2 : 0,
        };
        return TestHost.StartPairAsync(
            engine, time, [("Endpoints:Defaults:AgreementShare", "1"), ("Endpoints:Defaults:MaxQueueDelay", "00:01:00"), .. configuration]);
    }
}
