using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Pruning.Cascades;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Tasks;
using Endpoints.Pruning.Tasks.Demo;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.Cascades;

public sealed class CascadeWarningsTests
{
    private static readonly TaskData Data = new(DemoTask.Definition, [Of("a"), Of("b")], [Of("c")], [Of("d"), Of("e")]);

    [Theory]
    [InlineData("test", "validation_accuracy", true)]
    [InlineData("validation", "accuracy", true)]
    [InlineData("test", "validation_nll", false)]
    public void Of_Validation_TellsWhatWasScoredThere(string split, string metric, bool expected)
    {
        var metadata = new EndpointMetadata { SubNetwork = "small:l=1,h=4,u=8", Split = split, Metrics = new Dictionary<string, double> { [metric] = 0.9 } };

        IReadOnlyList<string> warnings = CascadeWarnings.Of(Data, Small(metadata), new CascadeSettings());

        Assert.Equal(expected ? 1 : 0, warnings.Count);
        Assert.All(warnings, warning => Assert.Contains("--pairs FILE", warning, StringComparison.Ordinal));
        Assert.Empty(CascadeWarnings.Of(Data, Small(metadata), new CascadeSettings { Split = TaskSplit.Test, Check = null }));
    }

    [Fact]
    public void Of_CutOutOfATrainedNetwork_SaysNothing()
    {
        var metadata = new EndpointMetadata { Split = "test", Metrics = new Dictionary<string, double> { ["validation_accuracy"] = 0.9 } };
        CascadeMember whole = Small(metadata);

        Assert.Empty(CascadeWarnings.Of(Data, whole with { SubNetwork = SubNetwork.Small(whole.Checkpoint.Config, 2, 4, 8) }, new CascadeSettings()));
    }

    [Fact]
    public void Of_Train_SaysThatTheNetworksLearntFromIt() =>
        Assert.Contains("learnt from", Assert.Single(CascadeWarnings.Of(Data, Small(null), new CascadeSettings { Split = TaskSplit.Train })), StringComparison.Ordinal);

    [Fact]
    public void Of_HeldOut_CountsWhatOtherPartsHaveToo()
    {
        CascadeSettings Settings(params string[] texts) => new() { HeldOut = new HeldOutExamples("own.tsv", [.. texts.Select(Of)]) };

        Assert.Empty(CascadeWarnings.Of(Data, Small(null), Settings("x", "y")));
        IReadOnlyList<string> warnings = CascadeWarnings.Of(Data, Small(null), Settings("a", "b", "e", "x"));
        Assert.Equal(2, warnings.Count);
        Assert.StartsWith("2 of the 4 examples of own.tsv are training examples too:", warnings[0], StringComparison.Ordinal);
        Assert.StartsWith("1 of the 4 examples of own.tsv are test examples too:", warnings[1], StringComparison.Ordinal);
    }

    private static Example Of(string text) => new(text, "hypothesis", 0, 0);

    private static CascadeMember Small(EndpointMetadata? metadata)
    {
        BertConfig config = Make.Config();
        var checkpoint = new Checkpoint
        {
            Config = config,
            Parameters = BertParameters.Random(config, 1),
            Tokenizer = WordPieceTokenizer.Load(Path.Combine(Endpoints.Tests.Repository.Root, "tests", "vocab", "uncased")),
            Metadata = metadata,
        };
        return new CascadeMember(checkpoint, SubNetwork.Full(config));
    }
}
