using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Onnx;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Compute;
using Endpoints.Tests;

namespace Endpoints.Bench.Peers;

/// <summary>One model with random weights, and the same weights in files for the peers.</summary>
internal sealed class PeerModel : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("endpoints-bench-").FullName;

    private PeerModel(string name, BertConfig config, string subNetwork)
    {
        Name = name;
        BertParameters whole = BertParameters.Random(config, seed: 1);
        SubNetwork = SubNetwork.Parse(subNetwork, config);
        SuperNetwork = whole;
        Kept = SubNetworkExtractor.Extract(whole, SubNetwork);
        Float32 = Path.Combine(_folder, "float32.onnx");
        Int8 = Path.Combine(_folder, "int8.onnx");
        Checkpoint = Path.Combine(_folder, "checkpoint");
        OnnxExport.Write(Float32, whole, SubNetwork);
        OnnxExport.Write(Int8, whole, SubNetwork, Precision.Int8);
        string vocabulary = Path.Combine(Repository.Root, "tests", "vocab", "uncased");
        CheckpointFolder.Save(Checkpoint, new Checkpoint { Config = Kept.Config, Parameters = Kept, Tokenizer = WordPieceTokenizer.Load(vocabulary) });
    }

    /// <summary>What is measured, smallest first; each is made when it is asked for.</summary>
    public static IEnumerable<Func<PeerModel>> All =>
    [
        () => new PeerModel("tiny", Config(2, 128, 2, 512), "full"),
        () => new PeerModel("mini", Config(4, 256, 4, 1024), "full"),
        () => new PeerModel("base pruned", BertConfig.Base(), "small:l=6,h=6,u=1536"),
        () => new PeerModel("base", BertConfig.Base(), "full"),
    ];

    public string Name { get; }

    /// <summary>What our engine loads; <see cref="SubNetwork"/> is a view of it.</summary>
    public BertParameters SuperNetwork { get; }

    public SubNetwork SubNetwork { get; }

    /// <summary>The weights that the sub-network keeps.</summary>
    public BertParameters Kept { get; }

    /// <summary>ONNX file.</summary>
    public string Float32 { get; }

    /// <summary>ONNX file, quantised dynamically.</summary>
    public string Int8 { get; }

    /// <summary>Checkpoint folder.</summary>
    public string Checkpoint { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static BertConfig Config(int layers, int hidden, int heads, int units) => BertConfig.Uniform(30_522, hidden, layers, heads, units, 512, "no", "yes");
}
