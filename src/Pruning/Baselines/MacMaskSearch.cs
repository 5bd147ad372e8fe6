using Endpoints.Bert;

namespace Endpoints.Pruning.Baselines;

/// <summary>Multiply-adds of one head and of one unit for one sequence; embeddings, pooler and classifier are left out.</summary>
internal readonly record struct MacCost(double Head, double Unit)
{
    /// <summary>At a sequence length of s: a head 4·s·d·d_h + 2·s²·d_h, a unit 2·s·d.</summary>
    public static MacCost Of(BertConfig config, int length) => new(
        (4.0 * length * config.HiddenSize * config.HeadSize) + (2.0 * length * length * config.HeadSize), 2.0 * length * config.HiddenSize);

    /// <summary>Of the whole network.</summary>
    public double Total(BertConfig config) => (config.Layers.Sum(layer => layer.Heads) * Head) + (config.Layers.Sum(layer => layer.Units) * Unit);
}

/// <summary>
/// Phase 1 of retraining-free pruning under a budget of multiply-adds: of all ways to spend it on the n most important heads and, with what is left, the most
/// important units, the one that keeps most Fisher information.
/// </summary>
internal static class MacMaskSearch
{
    /// <summary>Where not even one head fits, units alone are kept.</summary>
    public static Masks Search(IReadOnlyList<double[]> headScores, IReadOnlyList<double[]> unitScores, MacCost cost, double budget)
    {
        MaskIndex[] heads = MaskIndex.Ranked(headScores), units = MaskIndex.Ranked(unitScores);
        double[] headSums = PrefixSums(heads, headScores), unitSums = PrefixSums(units, unitScores);
        (int keptHeads, int keptUnits, double best) = (0, UnitsFor(0), double.NegativeInfinity);

        // The heads themselves must fit too: the published code lets them exceed the budget where they alone keep more.
        for (int n = 1; n <= heads.Length && n * cost.Head <= budget; n++)
        {
            int k = UnitsFor(n);
            double kept = headSums[n] + unitSums[k];
            if (kept > best)
            {
                (keptHeads, keptUnits, best) = (n, k, kept);
            }
        }

        return new Masks(MaskIndex.Keep(headScores, heads.Take(keptHeads)), MaskIndex.Keep(unitScores, units.Take(keptUnits)));

        int UnitsFor(int n) => (int)Math.Min(units.Length, Math.Floor((budget - (n * cost.Head)) / cost.Unit));
    }

    private static double[] PrefixSums(MaskIndex[] ranked, IReadOnlyList<double[]> scores)
    {
        double[] sums = new double[ranked.Length + 1];
        for (int i = 0; i < ranked.Length; i++)
        {
            sums[i + 1] = sums[i] + scores[ranked[i].Layer][ranked[i].Index];
        }

        return sums;
    }
}
