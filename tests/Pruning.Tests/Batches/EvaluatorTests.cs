using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks.Metrics;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.Batches;

public sealed class EvaluatorTests
{
    private static readonly int[] Lengths = [5, 1, 9, 2, 2, 7, 30, 3, 8, 1, 4, 6];

    [Theory]
    [InlineData(1, 10)]
    [InlineData(1, 1)]
    [InlineData(3, 10)]
    [InlineData(2, 1000)]
    public void Logits_AnyBudgetAndLanes_AreInTheExamplesOrder(int lanes, int budget)
    {
        FakeSuperNetwork network = Network();
        float[] logits = Evaluator(budget, lanes).Logits(network, Full(network));
        Assert.Equal(Enumerable.Range(0, Lengths.Length).SelectMany(i => new[] { i, -(float)Lengths[i] }), logits);
        Assert.All(network.Batches, batch => Assert.InRange(batch.Lane, 0, lanes - 1));
    }

    [Fact]
    public void Logits_TokenBudget_BoundsEveryBatchOfSimilarLengths()
    {
        FakeSuperNetwork network = Network();
        Evaluator(10, 1).Logits(network, Full(network));
        int[][] lengths = [.. network.Batches.Select(batch => batch.Sequences.Select(sequence => sequence.Length).ToArray())];
        Assert.Equal([[30], [9], [8], [7], [6], [5, 4], [3, 2, 2, 1, 1]], lengths);
    }

    [Fact]
    public void Score_Classification_ComparesTheLargestLogit()
    {
        var network = new FakeSuperNetwork(Make.Config(labels: 3), (_, tokens) => tokens[0] % 2 == 0 ? [0, 5, 1] : [2, 0, 1]);
        var evaluator = new Evaluator(Make.Examples(1, 0, 1, 2), Make.Accuracy);
        Assert.Equal(0.75, evaluator.Score(network, Full(network)));
    }

    [Fact]
    public void Score_Regression_ComparesTheLogitItself()
    {
        var network = new FakeSuperNetwork(Make.Config(labels: 1), (_, tokens) => [tokens[0] + 0.5f]);
        var examples = LabelledEncodings.Regression(Make.Encodings(3, 1, 2), [0.5f, 1.5f, 7]);
        Assert.Equal(2 / 3.0, new Evaluator(examples, Make.Accuracy).Score(network, Full(network)));
    }

    [Fact]
    public void Score_MultipleChoice_ComparesTheLargestLogitOfEachExamplesChoices()
    {
        // Choices of 3 examples: tokens 0 1, 2 3, 4 5. The longest sequence runs first, so the batches mix the examples.
        var network = new FakeSuperNetwork(Choice, (_, tokens) => [tokens[0] == 2 ? 9 : tokens[0]]);
        var examples = LabelledEncodings.MultipleChoice(Make.Encodings(1, 9, 3, 2, 8, 1), choices: 2, [1, 0, 0]);
        var evaluator = new Evaluator(examples, Make.Accuracy, tokenBudget: 9);
        Assert.Equal([0, 1, 9, 3, 4, 5f], evaluator.Logits(network, Full(network)));
        Assert.Equal(2 / 3.0, evaluator.Score(network, Full(network)));
    }

    [Fact]
    public void Logits_NotANumberInAChoice_NamesTheExample()
    {
        var network = new FakeSuperNetwork(Choice, (_, tokens) => [tokens[0] == 3 ? float.NaN : 1]);
        var examples = LabelledEncodings.MultipleChoice(Make.Encodings(1, 1, 1, 1), choices: 2, [1, 0]);
        var exception = Assert.Throws<InvalidDataException>(() => new Evaluator(examples, Make.Accuracy).Logits(network, Full(network)));
        Assert.Contains("for example 1:", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MultipleChoice_Examples_KnowTheirSequences()
    {
        var examples = LabelledEncodings.MultipleChoice(Make.Encodings(1, 9, 3, 2), choices: 2, [1, 0]);
        Assert.Equal((2, 2, ProblemType.MultipleChoice), (examples.Count, examples.Choices, examples.ProblemType));
        Assert.Equal([10, 5], new[] { 0, 1 }.Select(examples.TokensOf));
        var batch = new TokenBatch();
        examples.AddTo(batch, 1);
        Assert.Equal([2, 2, 2, 3, 3], batch.Tokens.ToArray());
        examples.CheckFit(Choice);
        Contains("MultipleChoice and the model is made for SingleLabelClassification", () => examples.CheckFit(Make.Config()));
        Contains("Example 1 has label 2; its choices are 0 to 1", () => LabelledEncodings.MultipleChoice(Make.Encodings(1, 1, 1, 1), 2, [1, 2]).CheckFit(Choice));
        Contains("Example 1 has 33 tokens", () => LabelledEncodings.MultipleChoice(Make.Encodings(1, 1, 33, 1), 2, [1, 0]).CheckFit(Choice));
        Contains("3 sequences (2 for each example), 2 targets", () => LabelledEncodings.MultipleChoice(Make.Encodings(1, 1, 1), 2, [1, 0]));
    }

    [Fact]
    public void Logits_NotANumber_NamesSubNetworkAndExample()
    {
        var network = new FakeSuperNetwork(Make.Config(), (_, tokens) => [0, tokens[0] == 2 ? float.NaN : 1]);
        var exception = Assert.Throws<InvalidDataException>(() => new Evaluator(Make.Examples(1, 1, 1), Make.Accuracy).Logits(network, Full(network)));
        Assert.Contains("full computes NaN for example 2", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Logits_Cancelled_StopsBetweenBatches()
    {
        FakeSuperNetwork network = Network();
        using var cancellation = new CancellationTokenSource();
        network.OnClassify = cancellation.Cancel;
        Assert.Throws<OperationCanceledException>(() => Evaluator(1, 1).Logits(network, Full(network), cancellation.Token));
        Assert.Single(network.Batches);
    }

    [Fact]
    public void CheckFit_ExampleThatDoesNotFit_IsNamed()
    {
        var config = Make.Config();
        Make.Examples(0, 1).CheckFit(config);
        Contains("Example 1 has label 2; this model has labels 0 to 1", () => Make.Examples(0, 2).CheckFit(config));
        Contains("Example 0 has 33 tokens", () => LabelledEncodings.Classification(Make.Encodings(33), [0]).CheckFit(config));
        Contains("Regression", () => LabelledEncodings.Regression(Make.Encodings(3), [0]).CheckFit(config));
        Contains("Example 0 has the value NaN", () => LabelledEncodings.Regression(Make.Encodings(3), [float.NaN]).CheckFit(Make.Config(labels: 1)));
        Contains("1 examples, 2 targets", () => LabelledEncodings.Classification(Make.Encodings(3), [0, 1]));
        Contains("At least one example", () => LabelledEncodings.Classification([], []));
    }

    private static BertConfig Choice => Make.Config(labels: 1) with { ProblemType = ProblemType.MultipleChoice };
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Evaluate_LeastOutOfReach_EndsEarlyAndCountsWhatItSaw(int lanes)
    {
        // Example i is i long and all are predicted wrong: after 5 of 12 even the best end is 7/12.
        int[] labels = new int[12];
        var network = new FakeSuperNetwork(Make.Config(), (_, _) => [0, 1]);
        var evaluator = new Evaluator(LabelledEncodings.Classification(Make.Encodings([.. Enumerable.Range(1, 12)]), labels), MetricCatalog.Accuracy, 1, lanes);
        EvaluationResult early = evaluator.Evaluate(network, Full(network), least: 0.6);
        Assert.InRange(early.Seen, 5, 5 + lanes - 1);
        Assert.Equal((0.0, 1.0, 0), (early.Score, early.Error, early.Predictions.Length));
        Assert.Equal(early.Seen * (early.Seen + 1) / 2, network.Batches.Sum(batch => batch.Sequences.Sum(sequence => sequence.Length)));

        EvaluationResult whole = evaluator.Evaluate(network, Full(network));
        Assert.Equal((12, 12), (whole.Seen, whole.Predictions.Length));
        Assert.Equal(Intervals.Wilson(0, 12), whole.Interval);
    }

    [Fact]
    public void Evaluate_LeastInReach_RunsToTheEnd()
    {
        var network = new FakeSuperNetwork(Make.Config(), (_, tokens) => tokens[0] % 2 == 0 ? [1, 0] : [0, 1]);
        var evaluator = new Evaluator(Make.Examples(0, 1, 0, 0), MetricCatalog.Accuracy, 1);
        EvaluationResult result = evaluator.Evaluate(network, Full(network), least: 0.75);
        Assert.Equal((4, 0.75), (result.Seen, result.Score));
        Assert.Equal([0f, 1, 0, 1], result.Predictions);
        Assert.Equal([1f, 0, 0, 1, 1, 0, 0, 1], result.Logits);
    }

    [Fact]
    public void Evaluate_MetricWithoutABound_RunsToTheEnd()
    {
        var network = new FakeSuperNetwork(Make.Config(labels: 1), (_, tokens) => [tokens[0]]);
        var evaluator = new Evaluator(LabelledEncodings.Regression(Make.Encodings(3, 1, 2), [2, 1, 0]), MetricCatalog.Find("pearson"), 1);
        Assert.Equal((3, -1.0), (evaluator.Evaluate(network, Full(network), least: 0.9).Seen, Math.Round(evaluator.Evaluate(network, Full(network)).Score, 12)));
    }

    private static void Contains(string expected, Action action) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);

    private static FakeSuperNetwork Network() => new(Make.Config(), (_, tokens) => [tokens[0], -tokens.Length]);

    private static Evaluator Evaluator(int budget, int lanes) =>
        new(LabelledEncodings.Classification(Make.Encodings(Lengths), new int[Lengths.Length]), Make.Accuracy, budget, lanes);

    private static SubNetwork Full(FakeSuperNetwork network) => SubNetwork.Full(network.Config);
}
