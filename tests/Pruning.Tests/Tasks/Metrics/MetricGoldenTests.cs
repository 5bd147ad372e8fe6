using System.Text.Json;
using Endpoints.Pruning.Tasks.Metrics;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Tasks.Metrics;

public sealed class MetricGoldenTests
{
    /// <summary>What the file calls a metric, what we do, and the rounding that is allowed: values are floats here and doubles there.</summary>
    private static readonly (string Field, string Name, double Tolerance)[] Metrics =
    [
        ("accuracy", "accuracy", 1e-12), ("f1_binary", "f1", 1e-12), ("f1_macro", "f1_macro", 1e-12), ("matthews", "matthews", 1e-12),
        ("pearson", "pearson", 1e-6), ("spearman", "spearman", 1e-12),
    ];

    public static TheoryData<string> Files => Golden.Find("moo", "metrics.json");

    [Theory, MemberData(nameof(Files))]
    public void Score_GoldenSets_GivesEveryMetric(string row)
    {
        using JsonDocument sets = JsonDocument.Parse(File.ReadAllText(Golden.Found(row)));
        var seen = new HashSet<string>();
        foreach (JsonElement set in sets.RootElement.EnumerateArray())
        {
            float[] targets = Values(set, "labels"), predictions = Values(set, "predictions");
            foreach ((string field, string name, double tolerance) in Metrics.Where(metric => set.TryGetProperty(metric.Field, out _)))
            {
                seen.Add(name);
                double? expected = set.GetProperty(field) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;
                double score = MetricCatalog.Find(name).Score(predictions, targets);
                Assert.True(
                    expected is { } value ? Math.Abs(score - value) <= tolerance : double.IsNaN(score),
                    $"set {set.GetProperty("id")}, {name}: expected {(expected is { } known ? $"{known:R}" : "undefined")}, got {score:R}");
            }
        }

        Assert.Equal(MetricCatalog.Names.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    private static float[] Values(JsonElement set, string field) => [.. set.GetProperty(field).EnumerateArray().Select(value => value.GetSingle())];
}
