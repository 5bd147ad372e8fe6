using Endpoints.Pruning.Export;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks.Metrics;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.Fronts;

public sealed class NoiseAwareFrontTests
{
    private const int Count = 200;

    /// <summary>Of 200 examples the first so many are right, so that each network is right wherever a worse one is: a difference of 5 has p = 1/32, of 4 1/16.</summary>
    private static readonly (double Millions, int Right)[] Trials = [(100, 180), (80, 176), (60, 172), (40, 150), (20, 148), (10, 100)];

    [Fact]
    public void NoiseAwareFront_ChainOfSmallSteps_KeepsWhatTheExamplesVouchFor()
    {
        // From small: 10 M stays; 20 M is 48 better; 40 M only 2, so it goes; 60 M is 24 better; 80 M only 4; 100 M is 8 better than 60 M, though only 4 than 80 M.
        FrontReport report = Report();
        Assert.Equal(Trials.Length, report.Front.Count);
        Assert.Equal([5, 4, 2, 0], report.NoiseAwareFront!.Select(trial => trial.Id));
        Assert.True(report.IsWorse(report.Trials[2], report.Trials[0]));
        Assert.False(report.IsWorse(report.Trials[1], report.Trials[0]));
        Assert.False(report.IsWorse(report.Trials[0], report.Trials[1]));
    }

    [Theory]
    [InlineData("smallest-not-worse", 1)]
    [InlineData("smallest-not-worse:10%", 0)]
    [InlineData("smallest-not-worse:0.1%", 2)]
    public void Choose_SmallestNotWorse_TakesTheLevel(string text, int expected) => Assert.Equal(expected, PickExpression.Parse(text).Choose(Report()).Id);

    [Theory]
    [InlineData("smallest-not-worse:")]
    [InlineData("smallest-not-worse:0%")]
    [InlineData("smallest-not-worse:100%")]
    public void Parse_NoLevel_SaysWhatIsExpected(string text) => Assert.Throws<FormatException>(() => PickExpression.Parse(text));

    [Fact]
    public void Choose_SearchWithoutPredictions_SaysSo()
    {
        var report = new FrontReport(FakeSearch.Configuration(), [TrialOf(0, 100, 180) with { Predictions = null }]);
        Assert.Null(report.NoiseAwareFront);
        Assert.Contains(
            "kept no predictions",
            Assert.Throws<InvalidOperationException>(() => PickExpression.Parse("smallest-not-worse").Choose(report)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void IsWorse_PredictionsOfOtherExamples_SaysWhichTrial()
    {
        Trial[] trials = [TrialOf(0, 100, 180), TrialOf(1, 80, 176) with { Predictions = "b:AAAA" }];
        Assert.Contains(
            "Trial 1 has 3 predictions for 200",
            Assert.Throws<InvalidDataException>(() => new FrontReport(FakeSearch.Configuration(), trials, Truth())).Message,
            StringComparison.Ordinal);
    }

    private static FrontReport Report() =>
        new(FakeSearch.Configuration(), [.. Trials.Select((trial, id) => TrialOf(id, trial.Millions, trial.Right))], Truth());

    private static ValidationTruth Truth() => ValidationTruth.Of(MetricCatalog.Accuracy, new float[Count]);

    private static Trial TrialOf(int id, double millions, int right) => new()
    {
        Id = id,
        Point = new SearchPoint(id, 1, 1),
        SubNetwork = id == 0 ? "full" : $"trial{id}",
        Values = [1 - ((double)right / Count), 1e6 * millions],
        Parameters = (long)(1e6 * millions),
        PaperParameters = (long)(1e6 * millions),
        Predictions = PredictionText.Encode([.. Enumerable.Range(0, Count).Select(i => i < right ? 0f : 1)]),
    };
}
