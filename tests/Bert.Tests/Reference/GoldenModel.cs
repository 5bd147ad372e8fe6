using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Tests;

namespace Endpoints.Bert.Tests.Reference;

/// <summary>One sequence of a golden model's inputs.</summary>
internal sealed record GoldenSequence(int[] Tokens, int[] Types);

/// <summary>A folder of tests/golden/model: a checkpoint, its inputs, and what it must compute for several sub-networks (scenarios).</summary>
internal sealed class GoldenModel : IDisposable
{
    private GoldenModel(string folder)
    {
        Folder = folder;
        Checkpoint = CheckpointFolder.Load(folder, new CheckpointLoadOptions { Tokenizer = new NoTokenizer(1) });
        Outputs = new TensorBundle(Path.Combine(folder, "outputs.safetensors"));
        Sequences = ReadSequences(Outputs);
    }

    public string Folder { get; }

    public Checkpoint Checkpoint { get; }

    public BertConfig Config => Checkpoint.Config;

    /// <summary>Inputs, masks and expected values.</summary>
    public TensorBundle Outputs { get; }

    /// <summary>Inputs without padding.</summary>
    public IReadOnlyList<GoldenSequence> Sequences { get; }

    /// <summary>Names of the sub-networks that have expected values; <c>base</c> is the whole model.</summary>
    public IEnumerable<string> Scenarios =>
        Outputs.Names.Where(name => name.EndsWith(".head_mask", StringComparison.Ordinal)).Select(name => name[..^".head_mask".Length]);

    /// <summary>Every model in the golden folder, as theory rows.</summary>
    public static TheoryData<string> All => Golden.Find("model", "*", directories: true);

    /// <summary>Opens the model of a theory row.</summary>
    public static GoldenModel Open(string row) => new(Golden.Found(row));

    /// <summary>The sub-network that a scenario's masks describe.</summary>
    public SubNetwork SubNetwork(string scenario)
    {
        double[] heads = Outputs.Doubles($"{scenario}.head_mask");
        double[] units = Outputs.Doubles($"{scenario}.ffn_mask");
        double[] layers = Outputs.Doubles($"{scenario}.layer_mask");
        return Bert.SubNetworks.SubNetwork.Large(Config, [.. Config.Layers.Select((shape, i) =>
            new LayerSelection(Mask(heads, i, shape.Heads, layers[i]), Mask(units, i, shape.Units, layers[i])))]);
    }

    public void Dispose() => Outputs.Dispose();

    private static Kept Mask(double[] masks, int layer, int count, double layerMask) =>
        Kept.FromMask([.. masks.AsSpan(layer * count, count).ToArray().Select(value => value * layerMask != 0)]);

    private static GoldenSequence[] ReadSequences(TensorBundle outputs)
    {
        int[] tokens = outputs.Integers("input_ids");
        int[] types = outputs.Integers("token_type_ids");
        int[] lengths = outputs.Integers("lengths");
        int padded = outputs.Shape("input_ids")[1];
        return [.. lengths.Select((length, i) =>
            new GoldenSequence(tokens.AsSpan(i * padded, length).ToArray(), types.AsSpan(i * padded, length).ToArray()))];
    }
}
