using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Metrics;

/// <summary>Prometheus itself reads <c>/metrics</c>, and the queries of a dashboard give what the clients saw.</summary>
public sealed class PrometheusServerTests
{
    [PrometheusFact]
    public async Task Check_OfTheMetrics_FindsNoFault()
    {
        await using TestHost host = await TestHost.StartPairAsync(new FakeEngine(), null);
        (await host.PostAsync(TestHost.Body())).Dispose();

        (int code, string output) = await PrometheusServer.CheckAsync(await host.Client.GetStringAsync("/metrics"));

        Assert.Equal("", output.Trim());
        Assert.Equal(0, code);
    }

    [PrometheusFact]
    public async Task Check_OfFaultyMetrics_FindsTheFault()
    {
        (int code, string output) = await PrometheusServer.CheckAsync("# TYPE things counter\nthings 1\n");

        Assert.NotEqual(0, code);
        Assert.Contains("things", output, StringComparison.Ordinal);
    }

    [PrometheusFact]
    public async Task Queries_OfRateAndPercentile_GiveWhatTheClientSaw()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Defaults:MaxQueueDelay", "00:00:10"));
        await using var prometheus = new PrometheusServer(host.Address);
        await prometheus.QueryUntilAsync("""endpoints_requests_total{endpoint="base",outcome="ok"}""", value => value == 0);

        for (int i = 0; i < 200; i++)
        {
            (await host.PostAsync(TestHost.Body())).Dispose();
        }

        (await host.PostAsync("{}")).Dispose();
        await prometheus.QueryUntilAsync("""endpoints_requests_total{endpoint="base",outcome="ok"}""", value => value == 200);
        Assert.Equal(1, await prometheus.QueryAsync("""endpoints_responses_total{code="400"}"""));
        Assert.Equal(1, await prometheus.QueryAsync("up"));

        // All of them came within a minute, and were there before their rate was asked for.
        double rate = await prometheus.QueryUntilAsync("""sum(rate(endpoints_requests_total{outcome="ok"}[1m]))""", value => value > 0);
        Assert.InRange(rate, 200.0 / 60 / 2, 1_000);
        double p95 = await prometheus.QueryUntilAsync("histogram_quantile(0.95, sum by (le) (rate(endpoints_request_duration_seconds_bucket[1m])))", value => value > 0);
        Assert.InRange(p95, 0.00001, 2.5);
        double padding = (await prometheus.QueryAsync("sum(endpoints_computed_tokens_total) / sum(endpoints_real_tokens_total)"))!.Value;
        Assert.Equal(1, padding);
    }
}
