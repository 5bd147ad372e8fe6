namespace Endpoints.Pruning.Baselines;

/// <summary>
/// Phase 2 of retraining-free pruning: in each layer, with the number kept unchanged, pruned and kept ones change places so that the gradients of the
/// pruned ones cancel. It lowers (1-m)ᵀ F (1-m) = Σ over batches of (sum of pruned gradients)², greedily and never raising it.
/// </summary>
internal static class MaskRearrangement
{
    /// <summary>The mask of one layer and kind, rearranged.</summary>
    /// <param name="mask">True where kept.</param>
    /// <param name="gradients">One vector a mask: its gradient in every batch.</param>
    public static bool[] Rearrange(bool[] mask, double[][] gradients)
    {
        int prunedCount = mask.Count(kept => !kept);
        if (prunedCount == 0 || prunedCount == mask.Length)
        {
            return [.. mask];
        }

        int[] order = [.. Enumerable.Range(0, mask.Length).OrderBy(i => gradients[i].Sum(value => value * value))];
        List<int> pruned = [.. order.Take(prunedCount)];
        double[] sum = new double[gradients[0].Length];
        pruned.ForEach(i => Add(sum, gradients[i], 1));
        foreach (int candidate in order.Skip(prunedCount))
        {
            pruned.Add(candidate);
            Add(sum, gradients[candidate], 1);
            int spared = LeastWithout(sum, pruned, gradients);
            Add(sum, gradients[pruned[spared]], -1);
            pruned.RemoveAt(spared);
        }

        bool[] rearranged = [.. Enumerable.Repeat(true, mask.Length)];
        pruned.ForEach(i => rearranged[i] = false);
        double before = Error(mask, gradients), after = Error(rearranged, gradients);

        // The greedy way starts from the least gradients; where a caller's mask was better already, that one stays.
        return after <= before ? rearranged : [.. mask];
    }

    /// <summary>(1-m)ᵀ F (1-m).</summary>
    public static double Error(bool[] mask, double[][] gradients)
    {
        double[] sum = new double[gradients.Length == 0 ? 0 : gradients[0].Length];
        for (int i = 0; i < mask.Length; i++)
        {
            if (!mask[i])
            {
                Add(sum, gradients[i], 1);
            }
        }

        return sum.Sum(value => value * value);
    }

    /// <summary>Which of the pruned leaves the shortest sum when it is taken out; the first of equals.</summary>
    private static int LeastWithout(double[] sum, List<int> pruned, double[][] gradients)
    {
        int best = 0;
        double least = double.PositiveInfinity;
        for (int i = 0; i < pruned.Count; i++)
        {
            double[] gradient = gradients[pruned[i]];
            double length = 0;
            for (int batch = 0; batch < sum.Length; batch++)
            {
                double difference = sum[batch] - gradient[batch];
                length += difference * difference;
            }

            if (length < least)
            {
                (best, least) = (i, length);
            }
        }

        return best;
    }

    private static void Add(double[] sum, double[] vector, double factor)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += factor * vector[i];
        }
    }
}
