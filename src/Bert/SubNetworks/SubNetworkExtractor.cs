namespace Endpoints.Bert.SubNetworks;

/// <summary>Cuts a sub-network out of its super-network: weights of its own, in its own smaller shapes.</summary>
/// <remarks>
/// Of an attention block the kept heads' rows of Q, K and V stay with their biases and the same columns of W_O; of a feed-forward block the kept
/// units' rows of the first layer with their biases and the same columns of the second. Output biases and LayerNorms stay whole, unless the block
/// keeps nothing: then all of it goes, and a layer whose two blocks go is no layer any more.
/// </remarks>
public static class SubNetworkExtractor
{
    /// <summary>Copies what the sub-network keeps; nothing is shared with <paramref name="parameters"/>.</summary>
    /// <param name="parameters">The super-network's weights.</param>
    /// <param name="subNetwork">A choice made for the shape of <paramref name="parameters"/>.</param>
    /// <returns>Weights in the shape of <see cref="SubNetwork.ConfigOf"/>.</returns>
    /// <exception cref="ArgumentException">The sub-network was made for another shape.</exception>
    public static BertParameters Extract(BertParameters parameters, SubNetwork subNetwork)
    {
        RequireSameShape(parameters.Config, subNetwork);
        var extracted = new BertParameters(subNetwork.ConfigOf(parameters.Config));
        parameters.WordEmbeddings.CopyTo(extracted.WordEmbeddings);
        parameters.PositionEmbeddings.CopyTo(extracted.PositionEmbeddings);
        parameters.TypeEmbeddings.CopyTo(extracted.TypeEmbeddings);
        Copy(parameters.EmbeddingNorm, extracted.EmbeddingNorm);
        int next = 0;
        foreach ((LayerParameters layer, LayerSelection kept) in parameters.Layers.Zip(subNetwork.Layers))
        {
            if (!kept.IsEmpty)
            {
                Extract(layer, kept, parameters.Config.HeadSize, extracted.Layers[next++]);
            }
        }

        Copy(parameters.Pooler, extracted.Pooler);
        Copy(parameters.Classifier, extracted.Classifier);
        return extracted;
    }

    /// <summary>Cuts one layer.</summary>
    internal static LayerParameters Extract(LayerParameters source, LayerSelection kept, BertConfig config)
    {
        var target = new LayerParameters(config, new LayerShape(kept.Heads.Count, kept.Units.Count));
        Extract(source, kept, config.HeadSize, target);
        return target;
    }

    private static void Extract(LayerParameters source, LayerSelection kept, int headSize, LayerParameters target)
    {
        if (source.Attention is { } attention && target.Attention is { } heads)
        {
            CopyRows(attention.Query, kept.Heads, headSize, heads.Query);
            CopyRows(attention.Key, kept.Heads, headSize, heads.Key);
            CopyRows(attention.Value, kept.Heads, headSize, heads.Value);
            CopyColumns(attention.Output, kept.Heads, headSize, heads.Output);
            Copy(attention.Norm, heads.Norm);
        }

        if (source.FeedForward is { } feedForward && target.FeedForward is { } units)
        {
            CopyRows(feedForward.Up, kept.Units, 1, units.Up);
            CopyColumns(feedForward.Down, kept.Units, 1, units.Down);
            Copy(feedForward.Norm, units.Norm);
        }
    }

    /// <summary>Kept outputs: element k of <paramref name="kept"/> is rows k·width to (k+1)·width, with their biases.</summary>
    private static void CopyRows(LinearParameters source, Kept kept, int width, LinearParameters target)
    {
        int length = width * source.Inputs;
        for (int i = 0; i < kept.Count; i++)
        {
            int index = kept.Indices[i];
            source.Weight.AsSpan(index * length, length).CopyTo(target.Weight.AsSpan(i * length));
            source.Bias.AsSpan(index * width, width).CopyTo(target.Bias.AsSpan(i * width));
        }
    }

    /// <summary>Kept inputs: element k of <paramref name="kept"/> is columns k·width to (k+1)·width of every row. The bias is the outputs' and stays.</summary>
    private static void CopyColumns(LinearParameters source, Kept kept, int width, LinearParameters target)
    {
        for (int row = 0; row < source.Outputs; row++)
        {
            ReadOnlySpan<float> from = source.Weight.AsSpan(row * source.Inputs, source.Inputs);
            Span<float> to = target.Weight.AsSpan(row * target.Inputs, target.Inputs);
            for (int i = 0; i < kept.Count; i++)
            {
                from.Slice(kept.Indices[i] * width, width).CopyTo(to[(i * width)..]);
            }
        }

        source.Bias.CopyTo(target.Bias, 0);
    }

    private static void Copy(LinearParameters source, LinearParameters target)
    {
        source.Weight.CopyTo(target.Weight, 0);
        source.Bias.CopyTo(target.Bias, 0);
    }

    private static void Copy(NormParameters source, NormParameters target)
    {
        source.Gamma.CopyTo(target.Gamma, 0);
        source.Beta.CopyTo(target.Beta, 0);
    }

    private static void RequireSameShape(BertConfig config, SubNetwork subNetwork)
    {
        var shape = subNetwork.Layers.Select(layer => new LayerShape(layer.Heads.Total, layer.Units.Total));
        if (!shape.SequenceEqual(config.Layers))
        {
            throw new ArgumentException(
                $"Expected a sub-network of {config.LayerCount} layers with the super-network's heads and units, "
                + $"found {subNetwork}, which was made for another shape.",
                nameof(subNetwork));
        }
    }
}
