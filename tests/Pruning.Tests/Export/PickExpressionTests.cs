using Endpoints.Pruning.Export;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.Export;

public sealed class PickExpressionTests
{
    /// <summary>Error, parameters in millions, latency in ms. Trial 4 is dominated, trial 5 ties with 3.</summary>
    private static readonly (double Error, double Millions, double Latency)[] Trials =
    [
        (0.10, 100, 10), (0.50, 20, 1), (0.105, 60, 6), (0.108, 59, 4.9), (0.20, 61, 7), (0.108, 59, 4.9), (0.112, 40, 4),
    ];

    [Theory]
    [InlineData("smallest-within:1%", 3)] // at least 0.891 of 0.9: error up to 0.109
    [InlineData("Smallest-Within: 0.5 %", 0)]
    [InlineData("smallest-within:0%", 0)]
    [InlineData("smallest-within:2%", 6)]
    [InlineData("smallest-within:100%", 1)]
    [InlineData("params<60M", 3)] // 60M itself is not fewer
    [InlineData("params < 60.5m", 2)]
    [InlineData("params<60%", 3)]
    [InlineData("params<61%", 2)]
    [InlineData("params<41000K", 6)]
    [InlineData("params<40000001", 6)]
    [InlineData("params<0.05B", 6)]
    [InlineData("latency<5ms", 3)]
    [InlineData("latency<4900us", 6)]
    [InlineData("latency<0.0061s", 2)]
    [InlineData("latency<45%", 6)]
    [InlineData("trial:4", 4)]
    [InlineData("trial: 0", 0)]
    [InlineData("5", 5)]
    public void Choose_Expression_ChoosesThatTrial(string text, int expected) => Assert.Equal(expected, PickExpression.Parse(text).Choose(Report()).Id);

    [Theory]
    [InlineData("")]
    [InlineData("smallest")]
    [InlineData("smallest-within:")]
    [InlineData("smallest-within:1")]
    [InlineData("smallest-within:-1%")]
    [InlineData("params<")]
    [InlineData("params>60M")]
    [InlineData("params<60MB")]
    [InlineData("params<%")]
    [InlineData("latency<5")]
    [InlineData("latency<NaNms")]
    [InlineData("trial:")]
    [InlineData("trial:-1")]
    [InlineData("trial:1.5")]
    [InlineData("99999999999")]
    [InlineData("best")]
    public void Parse_Nonsense_SaysWhatIsExpected(string text)
    {
        var exception = Assert.Throws<FormatException>(() => PickExpression.Parse(text));
        Assert.Contains($"'{text}' chooses no sub-network: expected smallest-within:1%", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("params<20M", "fewer than 20M parameters: the smallest has 20M")]
    [InlineData("latency<1ms", "less than 1 ms: the fastest takes 1 ms")]
    [InlineData("trial:7", "There is no trial 7: the search has 7 trials")]
    public void Choose_NothingFits_SaysWhatThereIs(string text, string expected)
    {
        var exception = Assert.Throws<InvalidOperationException>(() => PickExpression.Parse(text).Choose(Report()));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choose_SmallestWithinOfNegativeScore_AllowsLoss()
    {
        // A correlation of -0.1: 10 % of its size below that is -0.11.
        FrontReport report = Report([(1.1, 100, 1), (1.105, 50, 1), (1.2, 20, 1)]);
        Assert.Equal(1, PickExpression.Parse("smallest-within:10%").Choose(report).Id);
    }

    [Fact]
    public void Choose_SearchWithoutTheObjective_SaysWhichItHas()
    {
        RunConfiguration configuration = FakeSearch.Configuration();
        var report = new FrontReport(configuration, [Make(0, "full", 0.1, 100e6)]);
        var exception = Assert.Throws<InvalidOperationException>(() => PickExpression.Parse("latency<5ms").Choose(report));
        Assert.Contains("needs the objective latency or latency-table", exception.Message, StringComparison.Ordinal);
        Assert.Contains("error, parameters", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, PickExpression.Parse("smallest-within:1%").Choose(report).Id);
    }

    [Theory]
    [InlineData("latency<5ms", 3)]
    [InlineData("latency<45%", 6)]
    public void Choose_LatencyOfATable_CountsWhereNoneWasMeasured(string text, int expected)
    {
        FrontReport measured = Report();
        var report = new FrontReport(
            measured.Configuration with { Objectives = [new("error", ""), new("parameters", ""), new("latency-table", "ms")] }, measured.Trials);
        Assert.Equal(expected, PickExpression.Parse(text).Choose(report).Id);
    }

    [Fact]
    public void Choose_NoBaseOrNoTrial_SaysSo()
    {
        RunConfiguration configuration = FakeSearch.Configuration();
        var noBase = new FrontReport(configuration, [Make(0, "small:l=1,h=1,u=1", 0.1, 100e6)]);
        Assert.Contains(
            "has not evaluated the whole super-network",
            Assert.Throws<InvalidOperationException>(() => PickExpression.Parse("smallest-within:1%").Choose(noBase)).Message,
            StringComparison.Ordinal);
        Assert.Equal(0, PickExpression.Parse("params<101M").Choose(noBase).Id);
        Assert.Contains(
            "no finished trial",
            Assert.Throws<InvalidOperationException>(() => PickExpression.Parse("params<60M").Choose(new FrontReport(configuration, []))).Message,
            StringComparison.Ordinal);
    }

    private static FrontReport Report((double Error, double Millions, double Latency)[]? trials = null) => new(
        FakeSearch.Configuration() with { Objectives = [new("error", ""), new("parameters", ""), new("latency", "ms")] },
        [.. (trials ?? Trials).Select((trial, id) => Make(id, id == 0 ? "full" : $"trial{id}", trial.Error, 1e6 * trial.Millions, trial.Latency))]);

    private static Trial Make(int id, string subNetwork, double error, double parameters, params double[] more) => new()
    {
        Id = id,
        Point = new SearchPoint(id, 1, 1),
        SubNetwork = subNetwork,
        Values = [error, parameters, .. more],
        Parameters = (long)parameters,
        PaperParameters = (long)parameters,
    };
}
