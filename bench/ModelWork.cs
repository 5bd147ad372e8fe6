using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bench;

/// <summary>Floating-point operations of a sub-network on a batch; a multiply-add counts 2. Matrix products only: the rest is a few per mille.</summary>
/// <param name="Executed">What the engine computes: in the last layer, queries and all that follows them for first tokens only.</param>
/// <param name="Full">What computing every token in every layer would take, as most engines do.</param>
internal readonly record struct ModelWork(double Executed, double Full)
{
    public static ModelWork Of(BertConfig config, SubNetwork subNetwork, IReadOnlyCollection<int> lengths)
    {
        double hidden = config.HiddenSize, sequences = lengths.Count, tokens = lengths.Sum();
        double pairs = lengths.Sum(length => (double)length * length);
        LayerSelection[] layers = [.. subNetwork.Layers.Where(layer => !layer.IsEmpty)];
        double full = layers.Sum(layer => Layer(layer, tokens, pairs));
        double saved = layers.Length == 0 ? 0 : Layer(layers[^1], tokens, pairs) - Layer(layers[^1], sequences, tokens);
        double head = 2 * sequences * hidden * (hidden + config.LabelCount);
        return new ModelWork(full - saved + head, full + head);

        // Keys and values always come from every token; attendances are the query-key pairs of all sequences.
        double Layer(LayerSelection layer, double rows, double attendances)
        {
            double width = (double)layer.Heads.Count * config.HeadSize;
            return (2 * hidden * width * ((2 * tokens) + (2 * rows))) + (4 * width * attendances) + (4 * rows * hidden * layer.Units.Count);
        }
    }

    /// <summary>Bytes of encoder weights that a pass reads.</summary>
    public static double WeightBytes(BertConfig config, SubNetwork subNetwork, Precision precision) =>
        (double)subNetwork.Layers.Sum(layer =>
            (4L * layer.Heads.Count * config.HeadSize * config.HiddenSize) + (2L * layer.Units.Count * config.HiddenSize))
        * sizeof(float) / (precision == Precision.Int8 ? 4 : precision == Precision.BFloat16 ? 2 : 1);
}
