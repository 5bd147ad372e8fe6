using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Importance;

/// <summary>How much each layer matters: what the mean loss over examples rises by when the layer alone is bypassed.</summary>
internal static class LayerImportance
{
    /// <summary>Loss without the layer less the loss of the whole, for each layer.</summary>
    public static double[] LossIncrease(ISuperNetwork network, Evaluator examples, CancellationToken cancellationToken = default) =>
        LossIncrease(network.Config, (subNetwork, token) => Loss(network, subNetwork, examples, token), cancellationToken);

    /// <summary>The same by a loss of the caller's own.</summary>
    public static double[] LossIncrease(BertConfig config, Func<SubNetwork, CancellationToken, double> loss, CancellationToken cancellationToken = default)
    {
        double whole = loss(SubNetwork.Full(config), cancellationToken);
        bool[] keep = new bool[config.LayerCount];
        double[] increase = new double[keep.Length];
        for (int layer = 0; layer < keep.Length; layer++)
        {
            Array.Fill(keep, true);
            keep[layer] = false;
            increase[layer] = loss(SubNetwork.Layer(config, keep), cancellationToken) - whole;
        }

        return increase;
    }

    /// <summary>The mean loss of a sub-network over examples: cross-entropy, or squared error.</summary>
    public static double Loss(ISuperNetwork network, SubNetwork subNetwork, Evaluator examples, CancellationToken cancellationToken = default)
    {
        float[] logits = examples.Logits(network, subNetwork, cancellationToken);
        int[] rows = [.. Enumerable.Range(0, examples.Examples.Count)];
        return examples.Examples.CreateLoss(rows).Compute(logits, network.Config.LabelCount, new float[logits.Length]);
    }
}
