using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Compute;
using Endpoints.Pruning.Export;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Export;

public sealed class SubNetworkExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Checkpoint _superNetwork = new()
    {
        Config = Make.Config(),
        Parameters = BertParameters.Random(Make.Config(), 4),
        Tokenizer = new NoTokenizer(),
    };

    [Theory]
    [InlineData(2, 3, 5, "small:l=2,h=3,u=5")]
    [InlineData(4, 4, 8, "full")]
    [InlineData(0, 1, 1, "small:l=0,h=0,u=0")]
    public void Write_Trial_ReadsBackAsTheSubNetworkWithItsFigures(int layers, int heads, int units, string text)
    {
        string directory = _folder.File("pruned");
        (FrontReport report, Trial trial) = Search(Fingerprint.Of(_superNetwork.Parameters), new SearchPoint(layers, heads, units));
        SubNetworkExport.Write(directory, _superNetwork, "models/base", report, trial, "accuracy");

        Checkpoint read = CheckpointFolder.Load(directory, new CheckpointLoadOptions { Tokenizer = _superNetwork.Tokenizer });
        SubNetwork subNetwork = SubNetwork.Small(_superNetwork.Config, layers, heads, units);
        Assert.Equal(subNetwork.ConfigOf(_superNetwork.Config).Layers.AsEnumerable(), read.Config.Layers.AsEnumerable());
        Assert.Equal(Fingerprint.Of(SubNetworkExtractor.Extract(_superNetwork.Parameters, subNetwork)), Fingerprint.Of(read.Parameters));
        EndpointMetadata metadata = read.Metadata!;
        Assert.Equal((text, "models/base", "demo", "validation"), (metadata.SubNetwork, metadata.Parent, metadata.Task, metadata.Split));
        Assert.Equal(read.Parameters.Tensors().Sum(tensor => (long)tensor.Values.Length), metadata.Parameters);
        Assert.Equal(_superNetwork.Parameters.Tensors().Sum(tensor => (long)tensor.Values.Length), metadata.ParentParameters);
        Assert.Equal(trial.PaperParameters, metadata.PaperParameters);
        Assert.Equal(["accuracy", "latency_ms"], metadata.Metrics.Keys.Order());
        Assert.Equal(0.75, metadata.Metrics["accuracy"], 12);
        Assert.Equal(2.5, metadata.Metrics["latency_ms"]);
    }

    [Fact]
    public void Write_TrialOfUndefinedMetric_SaysSoAndNotZero()
    {
        string directory = _folder.File("pruned");
        (FrontReport report, Trial trial) = Search(Fingerprint.Of(_superNetwork.Parameters), new SearchPoint(2, 3, 5));
        Trial undefined = trial with { Details = new Dictionary<string, double> { ["error_undefined"] = 1 } };
        SubNetworkExport.Write(directory, _superNetwork, "models/base", report, undefined, "spearman");

        Checkpoint read = CheckpointFolder.Load(directory, new CheckpointLoadOptions { Tokenizer = _superNetwork.Tokenizer });
        Assert.True(double.IsNaN(read.Metadata!.Metrics["spearman"]));
    }

    [Theory]
    [InlineData(Precision.BFloat16)]
    [InlineData(Precision.Int8)]
    public void Write_TrialInFewerBits_ReadsBackAsTheCutThatWasScored(Precision precision)
    {
        string directory = _folder.File("pruned");
        (FrontReport report, Trial trial) = Search(Fingerprint.Of(_superNetwork.Parameters), new SearchPoint(2, 3, 5));
        SubNetwork subNetwork = SubNetwork.Small(_superNetwork.Config, 2, 3, 5);
        Checkpoint cut = SubNetworkExport.Cut(_superNetwork, subNetwork, precision);
        SubNetworkExport.Write(directory, _superNetwork, "models/base", report, trial, "accuracy", new TestScore("accuracy", 0.5, precision), precision);

        Checkpoint read = CheckpointFolder.Load(directory, new CheckpointLoadOptions { Tokenizer = _superNetwork.Tokenizer });
        Assert.Equal(Fingerprint.Of(cut.Parameters), Fingerprint.Of(read.Parameters));
        Assert.NotEqual(Fingerprint.Of(SubNetworkExtractor.Extract(_superNetwork.Parameters, subNetwork)), Fingerprint.Of(read.Parameters));
        Assert.Equal((precision, precision, "test", 0.5), (read.Metadata!.Precision, read.Metadata.MeasuredIn, read.Metadata.Split, read.Metadata.Metrics["accuracy"]));
        Assert.Equal(0.75, read.Metadata.Metrics["validation_accuracy"], 12);
    }

    [Fact]
    public void Write_TrialWithoutTestScore_WasMeasuredInTheSearchsPrecision()
    {
        (FrontReport report, Trial trial) = Search(Fingerprint.Of(_superNetwork.Parameters), new SearchPoint(2, 3, 5));
        var inBFloat16 = new FrontReport(report.Configuration with { Precision = Precision.BFloat16 }, report.Trials);
        EndpointMetadata metadata = SubNetworkExport.Write(_folder.File("pruned"), _superNetwork, "models/base", inBFloat16, trial, "accuracy").Metadata!;
        Assert.Equal((Precision.Float32, Precision.BFloat16), (metadata.Precision, metadata.MeasuredIn));
    }

    [Fact]
    public void Write_WholeWithoutASearch_KeepsWhatIsKnownOfIt()
    {
        Checkpoint known = _superNetwork with
        {
            Metadata = new EndpointMetadata { Task = "demo", Split = "test", ParentParameters = 9_999, Metrics = new Dictionary<string, double> { ["accuracy"] = 0.9, ["validation_accuracy"] = 0.8 } },
        };
        SubNetwork whole = SubNetwork.Full(known.Config);
        EndpointMetadata plain = SubNetworkExport.Write(_folder.File("a"), known, "models/base", whole, Precision.BFloat16).Metadata!;
        Assert.Equal((Precision.BFloat16, Precision.Float32, 0.9), (plain.Precision, plain.MeasuredIn, plain.Metrics["accuracy"]));

        EndpointMetadata scored = SubNetworkExport.Write(
            _folder.File("b"), known, "models/base", whole, Precision.Int8, new TestScore("accuracy", 0.7, Precision.Int8)).Metadata!;
        Assert.Equal((Precision.Int8, Precision.Int8, 0.7, 0.8), (scored.Precision, scored.MeasuredIn, scored.Metrics["accuracy"], scored.Metrics["validation_accuracy"]));
    }

    [Fact]
    public void Write_SubNetworkWithoutASearch_ClaimsNoFigures()
    {
        Checkpoint known = _superNetwork with
        {
            Metadata = new EndpointMetadata { Task = "demo", Metrics = new Dictionary<string, double> { ["accuracy"] = 0.9 } },
        };
        SubNetwork subNetwork = SubNetwork.Small(known.Config, 2, 3, 5);
        EndpointMetadata metadata = SubNetworkExport.Write(_folder.File("pruned"), known, "models/base", subNetwork, Precision.Float32).Metadata!;
        Assert.Equal(("small:l=2,h=3,u=5", "models/base", "demo"), (metadata.SubNetwork, metadata.Parent, metadata.Task));
        Assert.Empty(metadata.Metrics);
        Assert.Equal(ParameterCount.Sliced(known.Config, subNetwork), metadata.Parameters);
        Assert.Equal(ParameterCount.Sliced(known.Config, SubNetwork.Full(known.Config)), metadata.ParentParameters);
    }

    [Fact]
    public void Write_SearchOfOtherWeights_SaysSoAndWritesNothing()
    {
        (FrontReport report, Trial trial) = Search("0123456789abcdef", new SearchPoint(2, 3, 5));
        var exception = Assert.Throws<InvalidDataException>(
            () => SubNetworkExport.Write(_folder.File("pruned"), _superNetwork, "models/base", report, trial, "accuracy"));
        Assert.Contains("super-network with fingerprint 0123456789abcdef and models/base has", exception.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("pruned")));
    }

    public void Dispose() => _folder.Dispose();

    private (FrontReport Report, Trial Trial) Search(string fingerprint, SearchPoint point)
    {
        SubNetwork subNetwork = Make.Small().SubNetworkAt(point);
        var trial = new Trial
        {
            Id = 0,
            Point = point,
            SubNetwork = subNetwork.ToString(),
            Values = [0.25, ParameterCount.Sliced(_superNetwork.Config, subNetwork), 2.5],
            Parameters = ParameterCount.Sliced(_superNetwork.Config, subNetwork),
            PaperParameters = ParameterCount.Paper(_superNetwork.Config, subNetwork),
        };
        RunConfiguration configuration = FakeSearch.Configuration() with
        {
            SuperNetwork = fingerprint,
            Objectives = [new("error", ""), new("parameters", ""), new("latency", "ms")],
        };
        return (new FrontReport(configuration, [trial]), trial);
    }

    private sealed class NoTokenizer : ITokenizer
    {
        public int VocabularySize => 100;

        public Encoding Encode(string text, string? pair = null, int? maxLength = null) => throw new NotSupportedException();
    }
}
