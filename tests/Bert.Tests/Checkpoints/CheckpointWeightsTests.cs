using System.Runtime.CompilerServices;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Checkpoints;

public sealed class CheckpointWeightsTests : IDisposable
{
    private static readonly BertConfig Config = BertConfig.Uniform(9, 16, 2, 4, 32, 16, "yes", "no");
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void LetGo_AfterAnEngineHasLoadedThem_FreesThemAndStillCutsAnySubNetwork()
    {
        using var engine = new CpuEngine(threadsPerLane: 1, pinThreads: false);
        float[] expected = Logits(engine.Load(BertParameters.Random(Config, 1)));
        (ISuperNetwork network, WeakReference[] weights) = LoadAndLetGo(engine);
        GC.Collect();

        // Not even embeddings: an array that stays keeps in memory what was read in front of it.
        Assert.All(weights, weight => Assert.False(weight.IsAlive));
        Assert.Equal(expected, Logits(network));
        GC.KeepAlive(network);
    }

    [Fact]
    public void Load_WeightsThatChangeAfterwards_ChangeNothing()
    {
        using var engine = new CpuEngine(threadsPerLane: 1, pinThreads: false);
        BertParameters parameters = BertParameters.Random(Config, 1);
        IClassifier classifier = engine.Load(parameters).CreateClassifier(SubNetwork.Full(Config), 0);
        float[] before = Logits(classifier);

        Array.Fill(parameters.WordEmbeddings, 3);
        Array.Fill(parameters.PositionEmbeddings, 3);
        Array.Fill(parameters.TypeEmbeddings, 3);

        Assert.Equal(before, Logits(classifier));
    }

    [Fact]
    public void Value_FilesChangedSince_Refuses()
    {
        Checkpoint checkpoint = SaveAndLoad();
        LetGo(checkpoint);
        GC.Collect();
        CheckpointFolder.Save(_folder.Path, New(seed: 2));
        File.SetLastWriteTimeUtc(_folder.File("model.safetensors"), DateTime.UnixEpoch);

        CheckpointException exception = Assert.Throws<CheckpointException>(() => checkpoint.Parameters);
        Assert.Contains("found files that have changed since", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LetGo_WeightsThatAreNowhereElse_StayTheSame()
    {
        Checkpoint checkpoint = New(seed: 1);
        BertParameters parameters = checkpoint.Parameters;
        checkpoint.Weights.LetGo();
        Assert.Same(parameters, checkpoint.Parameters);
        Assert.Same(parameters, (checkpoint with { Metadata = new EndpointMetadata() }).Parameters);
    }

    public void Dispose() => _folder.Dispose();

    // In frames of their own, so that none of theirs keeps anything alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private (ISuperNetwork Network, WeakReference[] Weights) LoadAndLetGo(CpuEngine engine)
    {
        Checkpoint checkpoint = SaveAndLoad();
        BertParameters read = checkpoint.Parameters;
        WeakReference[] weights =
            [new(read.Layers[0].Attention!.Query.Weight), new(read.WordEmbeddings), new(read.PositionEmbeddings), new(read.TypeEmbeddings)];
        ISuperNetwork network = engine.Load(checkpoint);
        checkpoint.Weights.LetGo();
        return (network, weights);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LetGo(Checkpoint checkpoint) => checkpoint.Weights.LetGo();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Checkpoint SaveAndLoad()
    {
        CheckpointFolder.Save(_folder.Path, New(seed: 1));
        return CheckpointFolder.Load(_folder.Path, new CheckpointLoadOptions { Tokenizer = new NoTokenizer(9) });
    }

    private static Checkpoint New(int seed) => new() { Config = Config, Parameters = BertParameters.Random(Config, seed), Tokenizer = new NoTokenizer(9) };

    /// <summary>Of a sub-network that is no prefix, whose heads have to be gathered.</summary>
    private static float[] Logits(ISuperNetwork network) => Logits(network.CreateClassifier(SubNetwork.Parse("large:h=a/f,u=ff/ff00", Config), 0));

    private static float[] Logits(IClassifier classifier)
    {
        var batch = new TokenBatch();
        batch.Add([1, 2, 3], [0, 0, 0]);
        var logits = new float[2];
        classifier.Classify(batch, logits);
        return logits;
    }
}
