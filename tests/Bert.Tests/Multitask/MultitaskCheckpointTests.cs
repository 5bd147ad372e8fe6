using System.Text.Json.Nodes;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Compute;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Multitask;

public sealed class MultitaskCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Save_ThenLoad_KeepsHeadsAndEveryTensor()
    {
        MultitaskParameters written = SmallNetwork.Create();
        Save(written, new EndpointMetadata { Task = "report" });
        MultitaskCheckpoint read = MultitaskCheckpoint.Load(_folder.File("model"), new NoTokenizer(9));

        Assert.Equal(written.Trunk.Config, read.Parameters.Trunk.Config);
        Assert.Equal(written.Heads.Select(head => head.Config), read.Parameters.Heads.Select(head => head.Config));
        Assert.Equal(2.5f, read.Parameters.Head("similarity").Config.Scale);
        Assert.Equal("report", read.Metadata!.Task);
        foreach ((NamedTensor expected, NamedTensor found) in written.Tensors().Zip(read.Parameters.Tensors(), (a, b) => (a, b)))
        {
            Assert.Equal(expected.Name, found.Name);
            Assert.Equal(expected.Values, found.Values);
        }
    }

    [Fact]
    public void Save_ExtractedSubNetwork_ComputesWhatTheViewDoes()
    {
        MultitaskParameters whole = SmallNetwork.Create();
        SubNetwork kept = SubNetwork.Parse("medium:h=2/0,u=4/5", whole.Trunk.Config);
        Save(new MultitaskParameters(SubNetworkExtractor.Extract(whole.Trunk, kept), whole.Heads));
        MultitaskParameters cut = MultitaskCheckpoint.Load(_folder.File("model"), new NoTokenizer(9)).Parameters;

        using var engine = new CpuEngine(threadsPerLane: 1);

        // In int8 the scales of a cut network's weights are its own.
        foreach (Precision precision in (ReadOnlySpan<Precision>)[Precision.Float32, Precision.BFloat16])
        {
            foreach (HeadConfig head in whole.Heads.Select(head => head.Config))
            {
                Assert.Equal(
                    SmallNetwork.Outputs(new MultitaskNetwork(engine, whole, precision), kept, head),
                    SmallNetwork.Outputs(new MultitaskNetwork(engine, cut, precision), SubNetwork.Full(cut.Trunk.Config), head));
            }
        }

        Assert.Equal(whole.Count(kept), cut.Count(SubNetwork.Full(cut.Trunk.Config)));
        Assert.Equal(cut.Tensors().Sum(tensor => tensor.Values.LongLength), whole.Count(kept));
    }

    [Fact]
    public void Load_AsClassifier_SaysWhatRunsIt()
    {
        Save(SmallNetwork.Create());
        string message = Assert.Throws<CheckpointException>(() => CheckpointFolder.Load(_folder.File("model"), new CheckpointLoadOptions { Tokenizer = new NoTokenizer(9) })).Message;
        Assert.Contains("multitask", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AsClassifierOfNewLabels_PutsAFreshOneOnTheTrunk()
    {
        MultitaskParameters written = SmallNetwork.Create();
        Save(written);
        Checkpoint read = CheckpointFolder.Load(_folder.File("model"), new CheckpointLoadOptions { Tokenizer = new NoTokenizer(9), Labels = ["no", "yes"] });
        Assert.True(read.HasFreshHead);
        Assert.Equal(written.Trunk.Pooler.Weight, read.Parameters.Pooler.Weight);
    }

    [Fact]
    public void Load_ClassifierAsMultitask_SaysHowToMakeOne()
    {
        BertConfig config = BertConfig.Uniform(9, 8, 1, 2, 6, 5, "no", "yes");
        CheckpointFolder.Save(_folder.File("model"), new Checkpoint { Config = config, Parameters = BertParameters.Random(config, 1), Tokenizer = new NoTokenizer(9) });
        Assert.False(MultitaskCheckpoint.Is(_folder.File("model")));
        Assert.Contains("multitask train", Fails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"name": "x", "kind": "linear"}]""", "\"kind\" to be classification, siamese_concatenation or siamese_cosine, found \"linear\"")]
    [InlineData("""[{"name": "a.b", "kind": "siamese_cosine"}]""", "found 'a.b'")]
    [InlineData("""[{"kind": "siamese_cosine"}]""", "found ''")]
    [InlineData("""[{"name": "x", "kind": "classification", "labels": ["one"]}]""", "two labels or more")]
    [InlineData("""[{"name": "x", "kind": "siamese_concatenation"}]""", "two labels")]
    [InlineData("""[{"name": "x", "kind": "siamese_cosine", "scale": 0}]""", "\"scale\"")]
    [InlineData("""[{"name": "x", "kind": "siamese_cosine"}, {"name": "x", "kind": "siamese_cosine"}]""", "no two of one name")]
    [InlineData("[]", "one head or more")]
    [InlineData("3", "a list of objects")]
    [InlineData("""[{"name": "other", "kind": "siamese_cosine"}]""", "tensor heads.other.weight of shape [8, 8]")]
    [InlineData("""[{"name": "sentiment", "kind": "siamese_cosine"}]""", "heads.sentiment.weight: expected shape [8, 8]")]
    public void Load_WrongHeads_SaysWhatIsExpected(string heads, string expected)
    {
        Save(SmallNetwork.Create());
        string path = Path.Combine(_folder.File("model"), "config.json");
        JsonNode config = JsonNode.Parse(File.ReadAllBytes(path))!;
        config["endpoint_heads"] = JsonNode.Parse(heads);
        File.WriteAllText(path, config.ToJsonString());
        Assert.Contains(expected, Fails(), StringComparison.Ordinal);
    }

    private string Fails()
    {
        string message = Assert.Throws<CheckpointException>(() => MultitaskCheckpoint.Load(_folder.File("model"), new NoTokenizer(9))).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

    private void Save(MultitaskParameters parameters, EndpointMetadata? metadata = null) =>
        new MultitaskCheckpoint { Parameters = parameters, Tokenizer = new NoTokenizer(9), Metadata = metadata }.Save(_folder.File("model"));
}
