using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bert.Encoder;

/// <summary>What one layer of a sub-network runs: views of packed weights. A null block is the identity.</summary>
/// <param name="Packed">Owns the memory that the views point into, and so must live as long.</param>
/// <param name="Attention">The attention block.</param>
/// <param name="FeedForward">The feed-forward block.</param>
internal sealed record LayerPlan(PackedLayer Packed, AttentionPlan? Attention, FeedForwardPlan? FeedForward)
{
    /// <summary>Views of a layer for a choice that keeps the first heads and units.</summary>
    public static LayerPlan Of(PackedLayer layer, int heads, int units, BertConfig config)
    {
        int width = heads * config.HeadSize;
        int hidden = config.HiddenSize;
        return new LayerPlan(
            layer,
            heads == 0 || layer.Attention is not { } a ? null : new AttentionPlan(
                heads, a.Query.Prefix(hidden, width), a.Key.Prefix(hidden, width), a.Value.Prefix(hidden, width), a.Output.Prefix(width, hidden), a.Norm),
            units == 0 || layer.FeedForward is not { } f ? null : new FeedForwardPlan(f.Up.Prefix(hidden, units), f.Down.Prefix(units, hidden), f.Norm));
    }
}

/// <summary>An attention block of <paramref name="Heads"/> heads.</summary>
internal sealed record AttentionPlan(int Heads, LinearView Query, LinearView Key, LinearView Value, LinearView Output, PackedNorm Norm);

/// <summary>A feed-forward block.</summary>
internal sealed record FeedForwardPlan(LinearView Up, LinearView Down, PackedNorm Norm);

/// <summary>The layers that a sub-network runs, in order; layers that keep nothing are not there.</summary>
internal sealed class EncoderPlan
{
    private EncoderPlan(IReadOnlyList<LayerPlan> layers)
    {
        Layers = layers;
    }

    public IReadOnlyList<LayerPlan> Layers { get; }

    /// <summary>Views where the sub-network keeps a prefix of a layer, gathered copies where it keeps any other choice.</summary>
    /// <param name="packed">The super-network's layers.</param>
    /// <param name="config">Its shape.</param>
    /// <param name="read">Its weights in float32, asked for only where copies are needed.</param>
    /// <param name="precision">What copies are packed in.</param>
    /// <param name="subNetwork">What to run.</param>
    public static EncoderPlan Create(IReadOnlyList<PackedLayer> packed, BertConfig config, Func<BertParameters> read, Precision precision, SubNetwork subNetwork)
    {
        BertParameters? parameters = null;
        var layers = new List<LayerPlan>();
        for (int i = 0; i < packed.Count; i++)
        {
            LayerSelection selection = subNetwork.Layers[i];
            if (selection.IsEmpty)
            {
                continue;
            }

            PackedLayer layer = selection.IsPrefix
                ? packed[i]
                : new PackedLayer(SubNetworkExtractor.Extract((parameters ??= read()).Layers[i], selection, config), precision);
            layers.Add(LayerPlan.Of(layer, selection.Heads.Count, selection.Units.Count, config));
        }

        return new EncoderPlan(layers);
    }
}
