using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Endpoints.Deployment.Tests;

public sealed partial class MonitoringTests(RunningServer server) : IClassFixture<RunningServer>
{
    [PromtoolFact]
    public void Alerts_FireAndStaySilent_AsTheirCasesSay()
    {
        (int code, string output, string error) = Tool.Run("promtool", "test", "rules", "monitoring/alerts-test.yaml");
        Assert.True(code == 0, output + error);
    }

    [Fact]
    public void Alerts_EachHasACaseWhereItFiresAndOneWhereItDoesNot()
    {
        IEnumerable<string> alerts = Manifests.Read("monitoring/alerts.yaml").Single().List("groups").SelectMany(group => group.List("rules")).Select(rule => rule.Text("alert")).OfType<string>();
        List<YamlMappingNode> cases = [.. Manifests.Read("monitoring/alerts-test.yaml").Single().List("tests").SelectMany(test => test.List("alert_rule_test"))];
        Assert.All(alerts, alert =>
        {
            Assert.Contains(cases, one => one.Text("alertname") == alert && one.List("exp_alerts").Count > 0);
            Assert.Contains(cases, one => one.Text("alertname") == alert && one.List("exp_alerts").Count == 0);
        });
    }

    [Fact]
    public async Task Alerts_AskForMetricsOfTheServer()
    {
        IReadOnlySet<string> known = await server.MetricNamesAsync();
        List<YamlMappingNode> rules = [.. Manifests.Read("monitoring/alerts.yaml").Single().List("groups").SelectMany(group => group.List("rules"))];
        string[] asked = [.. rules.SelectMany(rule => MetricsIn(rule.Text("expr")!))];
        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.Contains(name, known));

        // The bucket of the promise must be one that the server has: a rate of a series that is not there is silently nothing.
        string metrics = await server.MetricsAsync();
        Assert.Contains("endpoints_request_duration_seconds_bucket{", metrics, StringComparison.Ordinal);
        Assert.Contains("le=\"0.25\"", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dashboard_AsksForMetricsOfTheServer()
    {
        IReadOnlySet<string> known = await server.MetricNamesAsync();
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Manifests.Root, "monitoring", "dashboard.json")));
        string[] asked = [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .SelectMany(target => MetricsIn(target.GetProperty("expr").GetString()!))];
        Assert.True(asked.Length > 10);
        Assert.All(asked, name => Assert.Contains(name, known));

        // Every program that Prometheus scrapes has these; only the servers' are meant.
        Assert.All(
            dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.TryGetProperty("targets", out _)).SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!).Where(query => query.Contains("process_", StringComparison.Ordinal)),
            query => Assert.Contains("and on (job, instance) endpoints_ready", query, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AdapterRules_OfferWhatTheAutoscalersAskFor()
    {
        IReadOnlySet<string> known = await server.MetricNamesAsync();
        YamlMappingNode rule = Assert.Single(Manifests.Read("monitoring/adapter-rules.yaml").Single().List("rules.custom"));
        Assert.Contains(Assert.Single(MetricsIn(rule.Text("seriesQuery")!)), known);
        IEnumerable<string?> asked = Manifests.Read("cpu/autoscalers.yaml").SelectMany(scaler => scaler.List("spec.metrics")).Select(metric => metric.Text("pods.metric.name")).Where(name => name is not null);
        Assert.All(asked, name => Assert.Equal(rule.Text("name.as"), name));
    }

    /// <summary>Names of the server's metrics in an expression; recorded ones have a colon and are no metric of the server.</summary>
    internal static IEnumerable<string> MetricsIn(string expression) => MetricName().Matches(expression).Select(match => match.Value);

    [GeneratedRegex(@"(?<![\w:])(endpoints|process|dotnet)_\w+")]
    private static partial Regex MetricName();
}
