using System.Net;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;
using Endpoints.Serving.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Tests.Metrics;

public sealed class MetricsTests
{
    private static readonly string[] Outcomes = ["ok", "throttled", "invalid", "cancelled", "timeout", "error", "unavailable"];

    private static readonly string[] Histograms =
    [
        "endpoints_request_duration_seconds", "endpoints_tokenize_duration_seconds", "endpoints_queue_duration_seconds",
        "endpoints_compute_duration_seconds", "endpoints_batch_rows", "endpoints_batch_tokens",
    ];

    [Fact]
    public async Task Metrics_BeforeTheFirstRequest_EverySeriesIsZero()
    {
        await using TestHost host = await TestHost.StartPairAsync(new FakeEngine(), null, ("Endpoints:Defaults:Precision", "float32"));

        Dictionary<string, double> samples = await Scrape.OfAsync(host);

        foreach (string endpoint in new[] { "base", "pruned" })
        {
            Assert.All(Outcomes, outcome => Assert.Equal(0, samples[$$"""endpoints_requests_total{endpoint="{{endpoint}}",outcome="{{outcome}}"}"""]));
            Assert.All(Histograms, name => Assert.Equal(0, samples[$$"""{{name}}_count{endpoint="{{endpoint}}"}"""]));
            Assert.All(Histograms, name => Assert.Equal(0, samples[$$"""{{name}}_sum{endpoint="{{endpoint}}"}"""]));
            Assert.All(Histograms, name => Assert.Equal(0, samples[$$"""{{name}}_bucket{endpoint="{{endpoint}}",le="+Inf"}"""]));
            Assert.Equal(0, samples[$$"""endpoints_queue_depth{endpoint="{{endpoint}}"}"""]);
            Assert.Equal(0, samples[$$"""endpoints_in_flight{endpoint="{{endpoint}}"}"""]);
            Assert.Equal(0, samples[$$"""endpoints_throttled_total{endpoint="{{endpoint}}",reason="queue_delay"}"""]);
            Assert.Equal(0, samples[$$"""endpoints_throttled_total{endpoint="{{endpoint}}",reason="concurrency"}"""]);
            Assert.All([200, 400, 408, 413, 415, 422, 424, 429, 499, 500, 503, 504], code => Assert.Equal(0, samples[$$"""endpoints_responses_total{code="{{code}}",endpoint="{{endpoint}}"}"""]));
            Assert.Equal(0, samples[$$"""endpoints_real_tokens_total{endpoint="{{endpoint}}"}"""]);
            Assert.Equal(0, samples[$$"""endpoints_computed_tokens_total{endpoint="{{endpoint}}"}"""]);
            Assert.True(samples[$$"""endpoints_model_parameters{endpoint="{{endpoint}}"}"""] > 0);
        }

        Assert.Equal(0, samples["""endpoints_requests_total{endpoint="(unknown)",outcome="invalid"}"""]);
        Assert.Equal(1, samples["endpoints_ready"]);
        string info = """
            endpoints_model_info{default="false",endpoint="pruned",parent="",precision="float32",problem_type="single_label_classification",split="",sub_network="small:l=1,h=1,u=8",task="",version="1"}
            """;
        Assert.Equal(1, samples[info]);
        Assert.True(samples["process_cpu_seconds_total"] > 0);
        Assert.True(samples["process_resident_memory_bytes"] > 1e6);
        Assert.True(samples["process_start_time_seconds"] > 1.6e9);
        Assert.Contains("""dotnet_gc_collections_total{generation="2"}""", samples.Keys);
    }

    [Fact]
    public async Task Metrics_AfterAMixOfRequests_EqualTheClientsCounts()
    {
        await using TestHost host = await TestHost.StartPairAsync(
            new FakeEngine(), null, ("Endpoints:ByName:pruned:MaxConcurrency", "2"), ("Endpoints:Server:MaxPairs", "2"));
        host.Engine.Batches.Clear();

        var statuses = new Dictionary<HttpStatusCode, int>();
        async Task Send(string body, string path)
        {
            using HttpResponseMessage response = await host.PostAsync(body, path);
            statuses[response.StatusCode] = statuses.GetValueOrDefault(response.StatusCode) + 1;
        }

        for (int i = 0; i < 20; i++)
        {
            await Send(TestHost.Body(6 + i), "/invoke");
        }

        for (int i = 0; i < 7; i++)
        {
            await Send("{}", "/endpoints/base/invoke");
            await Send(TestHost.Body(), "/endpoints/nobody/invoke");
        }

        int computed = host.Engine.Batches.Count;
        host.Engine.Hold();
        Task<HttpResponseMessage> held = host.PostAsync(TestHost.Many(6, 6), "/endpoints/pruned/invoke");
        await host.Engine.BatchStarted();
        for (int i = 0; i < 5; i++)
        {
            await Send(TestHost.Body(), "/endpoints/pruned/invoke");
        }

        Dictionary<string, double> during = await Scrape.OfAsync(host);
        Assert.Equal(2, during["""endpoints_in_flight{endpoint="pruned"}"""]);
        host.Engine.Release();
        (await held).Dispose();

        Assert.Equal((20, 7, 7, 5), (statuses[HttpStatusCode.OK], statuses[HttpStatusCode.BadRequest], statuses[HttpStatusCode.NotFound], statuses[HttpStatusCode.TooManyRequests]));
        Dictionary<string, double> samples = await Scrape.OfAsync(host);
        Assert.Equal(20, samples["""endpoints_requests_total{endpoint="base",outcome="ok"}"""]);
        Assert.Equal(7, samples["""endpoints_requests_total{endpoint="base",outcome="invalid"}"""]);
        Assert.Equal(7, samples["""endpoints_requests_total{endpoint="(unknown)",outcome="invalid"}"""]);
        Assert.Equal(1, samples["""endpoints_requests_total{endpoint="pruned",outcome="ok"}"""]);
        Assert.Equal(5, samples["""endpoints_requests_total{endpoint="pruned",outcome="throttled"}"""]);
        Assert.Equal(5, samples["""endpoints_throttled_total{endpoint="pruned",reason="concurrency"}"""]);
        Assert.Equal(20, samples["""endpoints_request_duration_seconds_count{endpoint="base"}"""]);
        Assert.Equal(20, samples["""endpoints_queue_duration_seconds_bucket{endpoint="base",le="+Inf"}"""]);
        Assert.Equal(computed, samples["""endpoints_batch_rows_count{endpoint="base"}"""]);
        Assert.Equal(20 + (Enumerable.Range(6, 20).Sum() - 20), samples["""endpoints_batch_tokens_sum{endpoint="base"}"""]);
        Assert.Equal(20, samples["""endpoints_batch_tokens_bucket{endpoint="base",le="32"}"""]);
        Assert.Equal(11, samples["""endpoints_batch_tokens_bucket{endpoint="base",le="16"}"""]);
        Assert.Equal(2, samples["""endpoints_batch_rows_sum{endpoint="pruned"}"""]);
        Assert.Equal(0, samples["""endpoints_in_flight{endpoint="pruned"}"""]);
    }

    [Fact]
    public async Task Metrics_OfManyClientsAtOnce_EqualTheirCountsExactlyAndNoTokenIsPadding()
    {
        await using TestHost host = await TestHost.StartPairAsync(
            new FakeEngine(), null, ("Endpoints:Defaults:MaxConcurrency", "12"), ("Endpoints:Server:MaxPairs", "8"), ("Endpoints:Defaults:OnTooLong", "Refuse"));
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<(string Endpoint, int Code), int>();
        await Parallel.ForAsync(0, 1_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, cancellationToken) =>
        {
            string endpoint = i % 3 == 0 ? "pruned" : i % 50 == 1 ? "nobody" : "base";
            string body = i % 11 == 0 ? "{" : i % 13 == 0 ? TestHost.Body(90) : i % 5 == 0 ? TestHost.Many(6, 7 + (i % 40), 20) : TestHost.Body(6 + (i % 50));
            using HttpResponseMessage answer = await host.PostAsync(body, $"/endpoints/{endpoint}/invoke", cancellationToken);
            seen.AddOrUpdate((endpoint == "nobody" ? "(unknown)" : endpoint, (int)answer.StatusCode), 1, (_, count) => count + 1);
        });

        Dictionary<string, double> samples = await Scrape.OfAsync(host);

        var counted = samples.Where(sample => sample.Key.StartsWith("endpoints_responses_total", StringComparison.Ordinal) && sample.Value > 0)
            .ToDictionary(sample => sample.Key, sample => (int)sample.Value);
        Assert.Equal(seen.ToDictionary(entry => $$"""endpoints_responses_total{code="{{entry.Key.Code}}",endpoint="{{entry.Key.Endpoint}}"}""", entry => entry.Value).OrderBy(entry => entry.Key), counted.OrderBy(entry => entry.Key));
        Assert.Equal(1_000, counted.Values.Sum());
        Assert.Equal(1_000, samples.Where(sample => sample.Key.StartsWith("endpoints_requests_total", StringComparison.Ordinal)).Sum(sample => sample.Value));
        foreach (string endpoint in new[] { "base", "pruned" })
        {
            double real = samples[$$"""endpoints_real_tokens_total{endpoint="{{endpoint}}"}"""];
            Assert.True(real > 0);
            Assert.Equal(real, samples[$$"""endpoints_computed_tokens_total{endpoint="{{endpoint}}"}"""]);
            Assert.Equal(real, samples[$$"""endpoints_batch_tokens_sum{endpoint="{{endpoint}}"}"""]);
        }
    }

    [Fact]
    public async Task Metrics_Text_IsWellFormed()
    {
        await using TestHost host = await TestHost.StartAsync();
        (await host.PostAsync(TestHost.Body())).Dispose();

        using HttpResponseMessage response = await host.Client.GetAsync("/metrics");

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        string text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string family = "";
        var families = new HashSet<string>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = lines[i].Split(' ')[2];
                Assert.True(families.Add(family), $"{family} comes twice.");
                Assert.Matches($"^# TYPE {family} (counter|gauge|histogram)$", lines[++i]);
                Assert.Equal(family.EndsWith("_total", StringComparison.Ordinal), lines[i].EndsWith("counter", StringComparison.Ordinal));
            }
            else
            {
                Assert.Matches($"^{family}(_bucket|_sum|_count)?({{[a-z_]+=\"[^\"]*\"(,[a-z_]+=\"[^\"]*\")*}})? [-+0-9.EInf]+$", lines[i]);
            }
        }

        // Buckets never fall, and the last is the count.
        Dictionary<string, double> samples = Scrape.Parse(text);
        double[] buckets = [.. samples.Where(sample => sample.Key.StartsWith("endpoints_request_duration_seconds_bucket", StringComparison.Ordinal)).Select(sample => sample.Value)];
        Assert.Equal(buckets.Order(), buckets);
        Assert.Equal(1, buckets[^1]);
    }

    [Fact]
    public async Task Metrics_TwoHostsInOneProcess_CountApart()
    {
        await using TestHost one = await TestHost.StartAsync();
        await using TestHost two = await TestHost.StartAsync();

        (await one.PostAsync(TestHost.Body())).Dispose();

        const string Ok = """endpoints_requests_total{endpoint="base",outcome="ok"}""";
        Assert.Equal((1, 0), ((await Scrape.OfAsync(one))[Ok], (await Scrape.OfAsync(two))[Ok]));
    }

    [Fact]
    public async Task Otlp_EndpointConfigured_ReceivesTheInstruments()
    {
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using WebApplication collector = await StartCollectorAsync(received);

        await using (TestHost host = await TestHost.StartAsync(("Endpoints:Server:OtlpEndpoint", collector.Urls.Single())))
        {
            (await host.PostAsync(TestHost.Body())).Dispose();
        }

        // The host pushes a last time when it ends.
        string body = await received.Task.WaitAsync(TestHost.Patience);
        Assert.Contains("endpoints.requests", body, StringComparison.Ordinal);
        Assert.Contains("endpoints.request.duration", body, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartCollectorAsync(TaskCompletionSource<string> received)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        WebApplication collector = builder.Build();
        collector.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body, System.Text.Encoding.Latin1);
            string body = await reader.ReadToEndAsync();
            context.Response.ContentType = "application/grpc";
            context.Response.AppendTrailer("grpc-status", "0");
            received.TrySetResult(body);
        });
        await collector.StartAsync();
        return collector;
    }

    [Fact]
    public void Scrape_HundredsOfNamesHaveComeAndGone_StillCountsTheNewest()
    {
        using var metrics = new ServingMetrics();
        using var export = new MetricsExport(metrics, new ServerOptions(), new ConfigurationBuilder().Build());
        EndpointMetrics? newest = null;
        for (int i = 0; i < 400; i++)
        {
            newest = new EndpointMetrics(metrics, $"e{i}");
            newest.ShowZeros();
        }

        newest!.CountResponse(200);

        string text = System.Text.Encoding.UTF8.GetString(export.Scrape());
        Assert.Contains("""endpoints_responses_total{code="200",endpoint="e399"} 1""", text, StringComparison.Ordinal);
        Assert.DoesNotContain("overflow", text, StringComparison.Ordinal);
    }
}
