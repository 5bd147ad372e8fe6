namespace Endpoints.Bert.SubNetworks;

/// <summary>How many parameters a sub-network has, embeddings, pooler and classifier included.</summary>
/// <remarks>
/// BERT-base-cased with 2 labels, whole: 108,311,810. An empty block counts nothing, for its bias and LayerNorm go too.
/// </remarks>
public static class ParameterCount
{
    /// <summary>What the extracted sub-network holds: W_O counts only the columns of kept heads.</summary>
    public static long Sliced(BertConfig config, SubNetwork subNetwork) => Count(config, subNetwork, sliceOutput: true);

    /// <summary>The paper's own count, which takes W_O in full wherever a head is left (an over-count; kept for comparison).</summary>
    public static long Paper(BertConfig config, SubNetwork subNetwork) => Count(config, subNetwork, sliceOutput: false);

    private static long Count(BertConfig config, SubNetwork subNetwork, bool sliceOutput)
    {
        long hidden = config.HiddenSize;
        long total = (hidden * ((long)config.VocabularySize + config.MaxPositions + config.TypeVocabularySize)) + (2 * hidden);
        total += (hidden * hidden) + hidden;
        total += (hidden * config.LabelCount) + config.LabelCount;
        for (int i = 0; i < subNetwork.Layers.Length; i++)
        {
            long attention = (long)subNetwork.Layers[i].Heads.Count * config.HeadSize;
            long full = (long)config.Layers[i].Heads * config.HeadSize;
            long units = subNetwork.Layers[i].Units.Count;
            if (attention > 0)
            {
                total += (3 * attention * (hidden + 1)) + ((sliceOutput ? attention : full) * hidden) + (3 * hidden);
            }

            if (units > 0)
            {
                total += (2 * hidden * units) + units + (3 * hidden);
            }
        }

        return total;
    }
}
