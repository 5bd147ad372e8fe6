namespace Endpoints.Pruning.Baselines;

/// <summary>What a block takes by the number of its heads or units: nothing for none, then a constant up to a threshold, then linearly more.</summary>
internal readonly record struct BlockLatency(double Constant, int Threshold, double Slope)
{
    public double Of(int count) => count == 0 ? 0 : Constant + (Slope * Math.Max(0, count - Threshold));

    /// <summary>The least-squares fit to measurements, by ascending count; at least one.</summary>
    public static BlockLatency Fit(IReadOnlyList<(int Count, double Latency)> measured)
    {
        BlockLatency best = default;
        double least = double.PositiveInfinity;
        for (int i = 0; i < measured.Count; i++)
        {
            double constant = measured.Take(i + 1).Average(point => point.Latency);
            (int Count, double Latency)[] rest = [.. measured.Skip(i + 1)];
            int threshold = measured[i].Count;
            double squares = rest.Sum(point => Math.Pow(point.Count - threshold, 2));
            double slope = rest.Length == 0 ? 0 : Math.Max(0, rest.Sum(point => (point.Count - threshold) * (point.Latency - constant)) / squares);
            var fit = new BlockLatency(constant, threshold, slope);
            double error = measured.Sum(point => Math.Pow(fit.Of(point.Count) - point.Latency, 2));
            if (error < least)
            {
                (best, least) = (fit, error);
            }
        }

        return best;
    }
}

/// <summary>
/// Phase 1 of retraining-free pruning under a budget of measured latency: for every number of whole attention and feed-forward blocks dropped (the least
/// important first), each block that stays keeps what its constant time covers, and the rest of the budget goes to heads and units as with multiply-adds.
/// </summary>
internal static class LatencyMaskSearch
{
    public static Masks Search(
        IReadOnlyList<double[]> headScores, IReadOnlyList<double[]> unitScores, BlockLatency attention, BlockLatency feedForward, double budget)
    {
        int[] attentionOrder = LeastImportantFirst(headScores), feedForwardOrder = LeastImportantFirst(unitScores);
        Masks best = new(MaskIndex.Keep(headScores, []), MaskIndex.Keep(unitScores, []));
        double most = double.NegativeInfinity;
        Split[] unitSplits = [.. Enumerable.Range(0, unitScores.Count + 1).Select(dropped => Split.Of(unitScores, feedForwardOrder[dropped..], feedForward.Threshold))];
        for (int droppedAttention = 0; droppedAttention <= headScores.Count; droppedAttention++)
        {
            Split heads = Split.Of(headScores, attentionOrder[droppedAttention..], attention.Threshold);
            double left = budget - ((headScores.Count - droppedAttention) * attention.Constant);
            for (int droppedFeedForward = 0; left >= 0 && droppedFeedForward <= unitScores.Count; droppedFeedForward++)
            {
                double rest = left - ((unitScores.Count - droppedFeedForward) * feedForward.Constant);
                if (rest < 0)
                {
                    continue;
                }

                Split units = unitSplits[droppedFeedForward];
                (int n, int k, double kept) = Spend(heads, units, attention.Slope, feedForward.Slope, rest);
                if (kept > most)
                {
                    most = kept;
                    best = new Masks(
                        MaskIndex.Keep(headScores, heads.Free.Concat(heads.Others.Take(n))), MaskIndex.Keep(unitScores, units.Free.Concat(units.Others.Take(k))));
                }
            }
        }

        return best;
    }

    private static (int Heads, int Units, double Kept) Spend(Split heads, Split units, double headCost, double unitCost, double budget)
    {
        (int Heads, int Units, double Kept) best = (0, 0, double.NegativeInfinity);
        for (int n = 0; n <= heads.Others.Length && n * headCost <= budget; n++)
        {
            int k = unitCost > 0 ? (int)Math.Min(units.Others.Length, Math.Floor((budget - (n * headCost)) / unitCost)) : units.Others.Length;
            double kept = heads.Sums[n] + units.Sums[k];
            best = kept > best.Kept ? (n, k, kept) : best;
        }

        return best;
    }

    private static int[] LeastImportantFirst(IReadOnlyList<double[]> scores) => [.. Enumerable.Range(0, scores.Count).OrderBy(layer => scores[layer].Sum())];

    /// <summary>The elements that a block's constant time pays for, and the others by descending score; Sums[n] is what the free ones and n others keep.</summary>
    private sealed record Split(MaskIndex[] Free, MaskIndex[] Others, double[] Sums)
    {
        public static Split Of(IReadOnlyList<double[]> scores, int[] layers, int threshold)
        {
            var kept = layers.ToHashSet();
            MaskIndex[][] ranked = [.. MaskIndex.Ranked(scores).Where(element => kept.Contains(element.Layer)).GroupBy(element => element.Layer).Select(layer => layer.ToArray())];
            MaskIndex[] free = [.. ranked.SelectMany(layer => layer.Take(threshold))];
            MaskIndex[] others = [.. ranked.SelectMany(layer => layer.Skip(threshold)).OrderByDescending(element => scores[element.Layer][element.Index])];
            double[] sums = new double[others.Length + 1];
            sums[0] = free.Sum(element => scores[element.Layer][element.Index]);
            for (int i = 0; i < others.Length; i++)
            {
                sums[i + 1] = sums[i] + scores[others[i].Layer][others[i].Index];
            }

            return new Split(free, others, sums);
        }
    }
}
