using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.Baselines;

/// <summary>What is kept, head by head and unit by unit, of each layer.</summary>
internal sealed record Masks(bool[][] Heads, bool[][] Units)
{
    public SubNetwork ToSubNetwork(BertConfig config) =>
        SubNetwork.Large(config, [.. Heads.Zip(Units, (heads, units) => new LayerSelection(Kept.FromMask(heads), Kept.FromMask(units)))]);
}

/// <summary>An element of a layer.</summary>
internal readonly record struct MaskIndex(int Layer, int Index)
{
    /// <summary>Every element of all layers, the highest score first; equals in their order.</summary>
    public static MaskIndex[] Ranked(IReadOnlyList<double[]> scores) =>
        [.. scores.SelectMany((layer, l) => layer.Select((_, i) => new MaskIndex(l, i))).OrderByDescending(element => scores[element.Layer][element.Index])];

    /// <summary>A mask in the shape of the scores that keeps these.</summary>
    public static bool[][] Keep(IReadOnlyList<double[]> scores, IEnumerable<MaskIndex> kept)
    {
        bool[][] mask = [.. scores.Select(layer => new bool[layer.Length])];
        foreach (MaskIndex element in kept)
        {
            mask[element.Layer][element.Index] = true;
        }

        return mask;
    }
}
