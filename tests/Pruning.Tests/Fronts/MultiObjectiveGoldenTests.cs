using System.Text.Json;
using Endpoints.Pruning.Fronts;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Fronts;

public sealed class MultiObjectiveGoldenTests
{
    public static TheoryData<string> CrowdingFiles => Golden.Find("moo", "crowding.json");

    public static TheoryData<string> ImprovementFiles => Golden.Find("moo", "ehvi.json");

    public static TheoryData<string> RankFiles => Golden.Find("moo", "average_ranks.json");

    [Theory, MemberData(nameof(CrowdingFiles))]
    public void Distances_GoldenFronts_AreThoseOfNsga2(string row) => ForEach(row, example =>
    {
        double[] expected = [.. example.GetProperty("distance").EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Null ? double.PositiveInfinity : value.GetDouble())];
        double[] actual = Crowding.Distances(Matrix(example.GetProperty("points")));
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i] == actual[i] || Math.Abs(expected[i] - actual[i]) <= 1e-12 * expected[i], $"{example.GetProperty("id")}[{i}]: expected {expected[i]:R}, got {actual[i]:R}");
        }
    });

    [Theory, MemberData(nameof(ImprovementFiles))]
    public void Of_GoldenBeliefs_IsTheExactExpectedImprovement(string row) => ForEach(row, example =>
    {
        double[][] front = Matrix(example.GetProperty("front"));
        double[] reference = Vector(example.GetProperty("reference"));
        double expected = example.GetProperty("ehvi").GetDouble();
        double area = Enumerable.Range(0, 2).Select(k => reference[k] - front.Select(point => point[k]).Append(reference[k]).Min()).Aggregate(1.0, (product, side) => product * side);
        double actual = new ExpectedHypervolumeImprovement(front, reference).Of(Vector(example.GetProperty("mean")), Vector(example.GetProperty("std")));
        Assert.True(Math.Abs(actual - expected) <= (1e-9 * expected) + (1e-12 * area), $"{example.GetProperty("id")}: expected {expected:R}, got {actual:R}");
    });

    [Theory, MemberData(nameof(RankFiles))]
    public void AverageRanks_GoldenRegrets_AreExactAndBootstrapConverges(string row) => ForEach(row, example =>
    {
        double[][][][] tasks = [.. example.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("regret").EnumerateArray().Select(Matrix).ToArray())];
        double[][] expected = Matrix(example.GetProperty("average_rank"));
        Near(expected, AverageRanks.Exact(tasks), 1e-12);
        Near(expected, AverageRanks.Bootstrap(tasks, new Random(4), draws: 4000), 0.06);
        Near(Matrix(example.GetProperty("average_rank_same_run")), AverageRanks.OfSameRun(tasks), 1e-12);
        double[][][] perTask = [.. example.GetProperty("average_rank_per_task").EnumerateArray().Select(Matrix)];
        for (int i = 0; i < tasks.Length; i++)
        {
            Near(perTask[i], AverageRanks.Exact([tasks[i]]), 1e-12);
        }
    });

    private static void ForEach(string row, Action<JsonElement> check)
    {
        using JsonDocument examples = JsonDocument.Parse(File.ReadAllText(Golden.Found(row)));
        Assert.NotEmpty(examples.RootElement.EnumerateArray());
        foreach (JsonElement example in examples.RootElement.EnumerateArray())
        {
            check(example);
        }
    }

    private static double[] Vector(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];

    private static double[][] Matrix(JsonElement array) => [.. array.EnumerateArray().Select(Vector)];

    private static void Near(double[][] expected, double[][] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach ((double[] wanted, double[] got) in expected.Zip(actual))
        {
            Assert.Equal(wanted.Length, got.Length);
            Assert.All(wanted.Zip(got), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= tolerance, $"expected {pair.First:R}, got {pair.Second:R}"));
        }
    }
}
