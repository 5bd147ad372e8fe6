using Endpoints.Serving.Metrics;

namespace Endpoints.Serving.Tests.Metrics;

public sealed class PrometheusTextTests
{
    [Theory]
    [InlineData("endpoints.requests", "{request}", "counter", "endpoints_requests_total")]
    [InlineData("endpoints.request.duration", "s", "histogram", "endpoints_request_duration_seconds")]
    [InlineData("process.cpu", "s", "counter", "process_cpu_seconds_total")]
    [InlineData("dotnet.gc.heap", "By", "gauge", "dotnet_gc_heap_bytes")]
    [InlineData("endpoints.ready", "", "gauge", "endpoints_ready")]
    public void Family_NameAndUnit_FollowPrometheus(string name, string unit, string type, string expected)
    {
        var text = new PrometheusText();

        Assert.Equal(expected, text.Family(name, unit, type, "What it is."));
        Assert.Equal($"# HELP {expected} What it is.\n# TYPE {expected} {type}\n", text.ToString());
    }

    [Fact]
    public void Label_SpecialCharacters_AreEscaped() => Assert.Equal("""name="a\\b\"c\nd" """.TrimEnd(), PrometheusText.Label("name", "a\\b\"c\nd"));

    [Theory]
    [InlineData(0, "x 0\n")]
    [InlineData(1234567.5, "x 1234567.5\n")]
    [InlineData(double.PositiveInfinity, "x +Inf\n")]
    [InlineData(double.NaN, "x NaN\n")]
    public void Sample_Number_IsAsGoParsesIt(double value, string expected)
    {
        var text = new PrometheusText();

        text.Sample("x", "", value);

        Assert.Equal(expected, text.ToString());
    }

    [Fact]
    public void Bucket_Labels_PrecedeTheBound()
    {
        var text = new PrometheusText();

        text.Bucket("x", PrometheusText.Label("endpoint", "base"), 0.005, 3);
        text.Bucket("x", "", double.PositiveInfinity, 4);

        Assert.Equal("x_bucket{endpoint=\"base\",le=\"0.005\"} 3\nx_bucket{le=\"+Inf\"} 4\n", text.ToString());
    }
}
