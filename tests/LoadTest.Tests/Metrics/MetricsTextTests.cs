using Endpoints.LoadTest.Metrics;

namespace Endpoints.LoadTest.Tests.Metrics;

public sealed class MetricsTextTests
{
    private const string Page = """
        # HELP endpoints_requests_total Requests by how they ended.
        # TYPE endpoints_requests_total counter
        endpoints_requests_total{endpoint="base",outcome="ok"} 120
        endpoints_requests_total{endpoint="base",outcome="throttled"} 7
        endpoints_requests_total{endpoint="base",outcome="cancelled"} 2
        endpoints_requests_total{endpoint="b\"a,s}e\\",outcome="ok"} 5
        endpoints_requests_totals{endpoint="base"} 1000
        process_cpu_seconds_total 12.5
        broken{
        broken{a="b"} x
        """;

    [Fact]
    public void From_Page_CountsTheEndpointsOutcomes()
    {
        var metrics = MetricsText.Parse(Page);

        Assert.Equal(new ServerCounts(120, 7, 2, 12.5), ServerCounts.From(metrics, "base"));
        Assert.Equal(new ServerCounts(5, 0, 0, 12.5), ServerCounts.From(metrics, "b\"a,s}e\\"));
        Assert.Null(ServerCounts.From(metrics, "other"));
        Assert.Null(metrics.Sum("broken"));
    }

    [Fact]
    public void Subtract_Earlier_IsWhatCameSince() => Assert.Equal(
        new ServerCounts(10, 2, 1, 0.5), new ServerCounts(15, 4, 1, 1.5) - new ServerCounts(5, 2, 0, 1));
}
