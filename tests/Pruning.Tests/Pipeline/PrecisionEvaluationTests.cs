using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Compute;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Tasks;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.Pipeline;

public sealed class PrecisionEvaluationTests
{
    private readonly FakeEngine _engine = new();

    [Fact]
    public void Run_EachPrecision_IsComparedWithFloat32()
    {
        // float32 is right on the first three of four; int8 flips examples 0 and 3, bfloat16 only moves a logit.
        PrecisionReport report = Run([Precision.Int8, Precision.BFloat16, Precision.Float32]);

        Assert.Equal(("accuracy", 4, 0.75), (report.Metric, report.Examples, report.MostFrequentLabel));
        Assert.Equal(4 * 3, report.Tokens);
        Assert.Equal([Precision.Int8, Precision.BFloat16, Precision.Float32], report.Results.Select(result => result.Precision));
        Assert.Equal([0.75, 0.75, 0.75], report.Results.Select(result => result.Score));
        Assert.Equal([0, 0, 0.0], report.Results.Select(result => result.Difference));
        Assert.Equal([0.5, 0, 0.0], report.Results.Select(result => result.ChangedLabels));
        Assert.Equal([1, 0.25, 0], report.Results.Select(result => Math.Round(result.LargestLogitDifference, 12)));
    }

    [Fact]
    public void Run_Rounds_AlternateAndGiveTheMedianRate()
    {
        PrecisionReport report = Run([Precision.Int8], rounds: 3);

        Assert.Equal(["Float32", "Int8", "Float32", "Int8", "Float32", "Int8"], _engine.Ran);
        Assert.Equal([Precision.Float32, Precision.Int8], _engine.Loaded);

        // The n-th run takes n seconds, so int8 takes 2, 4 and 6 for 4 examples.
        Assert.Equal(1, Assert.Single(report.Results).ExamplesPerSecond);
    }

    [Fact]
    public void Run_OtherParts_AreThoseOfTheTask()
    {
        PrecisionReport validation = Run([Precision.Int8], split: TaskSplit.Validation);
        Assert.Equal((2, 0.5, -0.5), (validation.Examples, validation.Results[0].Score, validation.Results[0].Difference));
        Assert.Equal(1, Run([Precision.Float32], split: TaskSplit.Train).Examples);
    }

    [Fact]
    public void Run_LabelsInAnotherOrder_IsRefusedAndOtherNamesAreNot()
    {
        var exception = Assert.Throws<TaskException>(() => Run([Precision.Float32], labels: ["yes", "no"]));
        Assert.Contains("has the labels no, yes and the model yes, no: expected the same order", exception.Message, StringComparison.Ordinal);
        Assert.Equal(4, Run([Precision.Float32], labels: ["LABEL_0", "LABEL_1"]).Examples);
    }

    private PrecisionReport Run(Precision[] precisions, int rounds = 1, TaskSplit split = TaskSplit.Test, string[]? labels = null)
    {
        var definition = new TaskDefinition { Name = "t", Files = new("a", null, "b"), Columns = new("x", null, "y"), Labels = ["no", "yes"] };
        Example Of(int word, int label) => new($"{word}", null, label, 0);
        var data = new TaskData(definition, [Of(0, 0)], [Of(0, 0), Of(1, 1)], [Of(0, 0), Of(1, 1), Of(2, 0), Of(3, 0)]);
        BertConfig config = Make.Config() with { Labels = [.. labels ?? ["no", "yes"]] };
        var checkpoint = new Checkpoint { Config = config, Parameters = new BertParameters(config), Tokenizer = new NumberTokenizer() };
        return PrecisionEvaluation.Run(data, split, checkpoint, SubNetwork.Full(config), precisions, 32, rounds, _engine, _engine.Time);
    }

    /// <summary>A text is a number, and its three tokens are that.</summary>
    private sealed class NumberTokenizer : ITokenizer
    {
        public int VocabularySize => 100;

        public Encoding Encode(string text, string? pair = null, int? maxLength = null)
        {
            int id = int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            return new Encoding([id, id, id], new int[3], Truncated: false);
        }
    }

    /// <summary>Answers example i from a table of its precision; the n-th batch takes n seconds.</summary>
    private sealed class FakeEngine : IEngine
    {
        private static readonly Dictionary<Precision, float[][]> Logits = new()
        {
            [Precision.Float32] = [[1, 0], [0, 1], [1, 0], [0, 1]],
            [Precision.BFloat16] = [[1, 0.25f], [0, 1], [1, 0], [0, 1]],
            [Precision.Int8] = [[0, 1], [0, 1], [1, 0], [1, 0]],
        };

        public ManualTime Time { get; } = new();

        public List<string> Ran { get; } = [];

        public List<Precision> Loaded { get; } = [];

        public string Description => "fake";

        public int LaneCount => 1;

        public ISuperNetwork Load(Checkpoint checkpoint, Precision precision = Precision.Float32)
        {
            Loaded.Add(precision);
            return new FakeSuperNetwork(checkpoint.Config, (_, tokens) => Logits[precision][tokens[0]])
            {
                OnClassify = () =>
                {
                    Ran.Add($"{precision}");
                    Time.Advance(TimeSpan.FromSeconds(Ran.Count));
                },
            };
        }

        public void Dispose()
        {
        }
    }
}
