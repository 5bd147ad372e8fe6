namespace Endpoints.Bert.SubNetworks;

/// <summary>
/// Reorders a super-network from within, so that "the first heads" and "the first units" of SMALL and MEDIUM sub-networks are those that matter
/// (DynaBERT's network rewiring, Hou et al. 2020, section 2.1).
/// </summary>
public static class Rewiring
{
    /// <summary>
    /// Heads and units of each layer in another order: a head's rows of Q, K and V with its columns of W_O, a unit's row of W₁ with its column of W₂. The
    /// whole network computes what it did, up to the rounding of sums in another order.
    /// </summary>
    /// <param name="parameters">The network; it stays as it is.</param>
    /// <param name="heads">For each layer, which head comes first, second and so on: a permutation.</param>
    /// <param name="units">For each layer, likewise for units.</param>
    /// <exception cref="ArgumentException">An order is no permutation of what the layer has.</exception>
    public static BertParameters ReorderWithinLayers(BertParameters parameters, IReadOnlyList<int[]> heads, IReadOnlyList<int[]> units)
    {
        BertParameters reordered = parameters.Clone();
        for (int i = 0; i < parameters.Layers.Count; i++)
        {
            RequirePermutation(heads[i], parameters.Config.Layers[i].Heads, $"heads of layer {i}");
            RequirePermutation(units[i], parameters.Config.Layers[i].Units, $"units of layer {i}");
            if (parameters.Layers[i].Attention is { } attention && reordered.Layers[i].Attention is { } target)
            {
                int width = parameters.Config.HeadSize;
                PermuteOutputs(attention.Query, heads[i], width, target.Query);
                PermuteOutputs(attention.Key, heads[i], width, target.Key);
                PermuteOutputs(attention.Value, heads[i], width, target.Value);
                PermuteInputs(attention.Output, heads[i], width, target.Output);
            }

            if (parameters.Layers[i].FeedForward is { } feedForward && reordered.Layers[i].FeedForward is { } unitTarget)
            {
                PermuteOutputs(feedForward.Up, units[i], 1, unitTarget.Up);
                PermuteInputs(feedForward.Down, units[i], 1, unitTarget.Down);
            }
        }

        return reordered;
    }

    /// <summary>
    /// Whole layers in another order. <b>This changes what the network computes</b>: it is a start for super-network training, in which the layers that
    /// SMALL keeps longest come first, and of no use without it.
    /// </summary>
    /// <param name="parameters">The network; it stays as it is.</param>
    /// <param name="order">Which layer comes first, second and so on: a permutation.</param>
    /// <exception cref="ArgumentException">The order is no permutation of the layers, or they differ in shape.</exception>
    public static BertParameters ReorderLayers(BertParameters parameters, IReadOnlyList<int> order)
    {
        RequirePermutation(order, parameters.Layers.Count, "layers");
        if (parameters.Config.Layers.Distinct().Count() > 1)
        {
            throw new ArgumentException("Layers of different shapes cannot change places: expected a whole super-network.", nameof(parameters));
        }

        const string Layer = "bert.encoder.layer.";
        BertParameters reordered = parameters.Clone();
        ILookup<int, NamedTensor> byLayer = parameters.Tensors().Where(tensor => tensor.Name.StartsWith(Layer, StringComparison.Ordinal)).ToLookup(LayerOf);
        foreach (IGrouping<int, NamedTensor> target in reordered.Tensors().Where(tensor => tensor.Name.StartsWith(Layer, StringComparison.Ordinal)).GroupBy(LayerOf))
        {
            foreach ((NamedTensor from, NamedTensor to) in byLayer[order[target.Key]].Zip(target))
            {
                from.Values.CopyTo(to.Values, 0);
            }
        }

        return reordered;

        static int LayerOf(NamedTensor tensor) => int.Parse(tensor.Name[Layer.Length..].Split('.')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static void PermuteOutputs(LinearParameters source, int[] order, int width, LinearParameters target)
    {
        int length = width * source.Inputs;
        for (int i = 0; i < order.Length; i++)
        {
            source.Weight.AsSpan(order[i] * length, length).CopyTo(target.Weight.AsSpan(i * length));
            source.Bias.AsSpan(order[i] * width, width).CopyTo(target.Bias.AsSpan(i * width));
        }
    }

    private static void PermuteInputs(LinearParameters source, int[] order, int width, LinearParameters target)
    {
        for (int row = 0; row < source.Outputs; row++)
        {
            ReadOnlySpan<float> from = source.Weight.AsSpan(row * source.Inputs, source.Inputs);
            Span<float> to = target.Weight.AsSpan(row * source.Inputs, source.Inputs);
            for (int i = 0; i < order.Length; i++)
            {
                from.Slice(order[i] * width, width).CopyTo(to[(i * width)..]);
            }
        }
    }

    private static void RequirePermutation(IReadOnlyList<int> order, int count, string what)
    {
        if (!order.Order().SequenceEqual(Enumerable.Range(0, count)))
        {
            throw new ArgumentException($"The order of the {what} is expected to name each of 0 to {count - 1} once, found {order.Count} entries: {string.Join(", ", order.Take(20))}.");
        }
    }
}
