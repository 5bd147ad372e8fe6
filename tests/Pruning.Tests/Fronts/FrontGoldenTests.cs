using System.Text.Json;
using Endpoints.Pruning.Fronts;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Fronts;

public sealed class FrontGoldenTests
{
    public static TheoryData<string> Files => Golden.Find("moo", "pareto.json");

    [Theory, MemberData(nameof(Files))]
    public void Of_GoldenSets_GivesFrontsRanksNormalisationsAndHypervolumes(string row)
    {
        using JsonDocument sets = JsonDocument.Parse(File.ReadAllText(Golden.Found(row)));
        Assert.NotEmpty(sets.RootElement.EnumerateArray());
        foreach (JsonElement set in sets.RootElement.EnumerateArray())
        {
            string name = $"set {set.GetProperty("id")}";
            double[][] points = Points(set.GetProperty("points"));
            int[] pareto = [.. set.GetProperty("pareto").EnumerateArray().Select(index => index.GetInt32())];
            Assert.Equal(pareto, ParetoFront.Of(points));
            Assert.Equal(set.GetProperty("ranks").EnumerateArray().Select(rank => rank.GetInt32()), ParetoFront.Ranks(points));

            double[][] quantile = Normalization.Quantile(points);
            double[][] expected = Points(set.GetProperty("quantile"));
            for (int i = 0; i < points.Length; i++)
            {
                Near(expected[i][0], quantile[i][0], name);
                Near(expected[i][1], quantile[i][1], name);
            }

            Near(set.GetProperty("hv_quantile_ref_2_2").GetDouble(), Hypervolume.Of(quantile, [2, 2]), name);
            Near(set.GetProperty("hv_minmax_ref_1.1_1.1").GetDouble(), Hypervolume.Of(Normalization.MinMax(points), [1.1, 1.1]), name);

            // Without copies, and as the figures draw it, the front is the same set of points.
            Assert.Equal(Values(points, pareto), Values(points, ParetoFront.Distinct(points)));
            Assert.Equal(Values(points, pareto), Values(points, ParetoFront.Staircase(points, along: 1, falling: 0)));
        }
    }

    private static HashSet<(double X, double Y)> Values(double[][] points, int[] indices) => [.. indices.Select(i => (points[i][0], points[i][1]))];

    private static double[][] Points(JsonElement array) =>
        [.. array.EnumerateArray().Select(point => point.EnumerateArray().Select(value => value.GetDouble()).ToArray())];

    private static void Near(double expected, double actual, string name) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-12 * Math.Max(1, Math.Abs(expected)), $"{name}: expected {expected:R}, got {actual:R}");
}
