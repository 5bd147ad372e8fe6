namespace Endpoints.Pruning.Tasks.Metrics;

/// <summary>Pearson's correlation r = Σ(x-x̄)(y-ȳ) / √(Σ(x-x̄)² Σ(y-ȳ)²), summed in double. A float's sum with its equals is exact there, so a constant side is seen as one.</summary>
internal static class Correlation
{
    /// <returns>From -1 to 1; NaN where either side is constant, as a single value is.</returns>
    public static double Of(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double meanX = Mean(x), meanY = Mean(y);
        double products = 0, squaresX = 0, squaresY = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double differenceX = x[i] - meanX, differenceY = y[i] - meanY;
            products += differenceX * differenceY;
            squaresX += differenceX * differenceX;
            squaresY += differenceY * differenceY;
        }

        // Rounding must not carry a perfect correlation beyond 1; a NaN stays.
        return Math.Clamp(products / (Math.Sqrt(squaresX) * Math.Sqrt(squaresY)), -1, 1);
    }

    private static double Mean(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
