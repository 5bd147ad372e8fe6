namespace Endpoints.Bert.SubNetworks;

/// <summary>Floating-point operations that one sequence costs; a multiply-add counts 2, and what is not a matrix product is left out.</summary>
/// <remarks>A length in tokens; where it is a mean of several, the cost is that of a sequence of the mean length.</remarks>
public static class OperationCount
{
    /// <summary>What the engine runs: the last layer that keeps anything computes queries, output and feed-forward for the first token alone.</summary>
    public static double Executed(BertConfig config, SubNetwork subNetwork, double length) => Count(config, subNetwork, length, firstTokenOnly: true);

    /// <summary>What a plain implementation runs: every layer for every token.</summary>
    public static double Full(BertConfig config, SubNetwork subNetwork, double length) => Count(config, subNetwork, length, firstTokenOnly: false);

    private static double Count(BertConfig config, SubNetwork subNetwork, double length, bool firstTokenOnly)
    {
        double hidden = config.HiddenSize;
        double total = 2 * hidden * (hidden + config.LabelCount);
        int last = -1;
        for (int i = 0; i < subNetwork.Layers.Length; i++)
        {
            last = subNetwork.Layers[i].IsEmpty ? last : i;
        }

        for (int i = 0; i <= last; i++)
        {
            double rows = firstTokenOnly && i == last ? 1 : length;
            double width = (double)subNetwork.Layers[i].Heads.Count * config.HeadSize;
            total += (4 * hidden * width * (rows + length)) + (4 * rows * length * width) + (4 * rows * hidden * subNetwork.Layers[i].Units.Count);
        }

        return total;
    }
}
