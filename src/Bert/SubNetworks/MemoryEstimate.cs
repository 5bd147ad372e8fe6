using Endpoints.Compute;

namespace Endpoints.Bert.SubNetworks;

/// <summary>How much memory an extracted sub-network takes on the CPU, without building it: within 1 % of what a loaded one holds, at real sizes.</summary>
/// <remarks>Left out: LayerNorms, and what fills up the last panel of a weight and the last line of a row.</remarks>
public static class MemoryEstimate
{
    /// <summary>Bytes of weights: linear layers of the encoder in the precision, with a scale for each output in int8; everything else in float32.</summary>
    public static long WeightBytes(BertConfig config, SubNetwork subNetwork, Precision precision)
    {
        long hidden = config.HiddenSize;
        long bytes = sizeof(float) * hidden * ((long)config.VocabularySize + config.MaxPositions + config.TypeVocabularySize);
        bytes += Linear(hidden, hidden, Precision.Float32) + Linear(hidden, config.LabelCount, Precision.Float32);
        foreach (LayerSelection layer in subNetwork.Layers)
        {
            long width = (long)layer.Heads.Count * config.HeadSize;
            long units = layer.Units.Count;
            bytes += width == 0 ? 0 : (3 * Linear(hidden, width, precision)) + Linear(width, hidden, precision);
            bytes += units == 0 ? 0 : Linear(hidden, units, precision) + Linear(units, hidden, precision);
        }

        return bytes;
    }

    /// <summary>Bytes of the activations of a batch, which a lane keeps for the next one.</summary>
    /// <param name="config">Shape of the super-network.</param>
    /// <param name="subNetwork">What runs.</param>
    /// <param name="precision">What it runs in.</param>
    /// <param name="tokens">Tokens of the largest batch.</param>
    public static long WorkspaceBytes(BertConfig config, SubNetwork subNetwork, Precision precision, int tokens)
    {
        long width = subNetwork.Layers.Select(layer => (long)layer.Heads.Count * config.HeadSize).DefaultIfEmpty(0).Max();
        long units = subNetwork.Layers.Select(layer => (long)layer.Units.Count).DefaultIfEmpty(0).Max();

        // Two hidden states in float32, each with its rounded copy; queries, keys, values, context and units; in int8 what is rounded on its way.
        long stored = precision == Precision.Float32 ? sizeof(float) : 2;
        long rounded = precision switch { Precision.Float32 => 0, Precision.BFloat16 => 2, _ => 1 };
        long hiddenStates = 2 * config.HiddenSize * (sizeof(float) + rounded);
        long bytes = precision == Precision.Int8 ? Math.Max(width, units) : 0;
        return tokens * (hiddenStates + (stored * ((4 * width) + units)) + bytes);
    }

    private static long Linear(long inputs, long outputs, Precision precision) => precision switch
    {
        Precision.Float32 => (sizeof(float) * inputs * outputs) + (sizeof(float) * outputs),
        Precision.BFloat16 => (2 * inputs * outputs) + (sizeof(float) * outputs),
        _ => (inputs * outputs) + (2 * sizeof(float) * outputs),
    };
}
