namespace Endpoints.Pruning.Studies;

/// <summary>A mean over seeds with the 95 % interval of its bootstrap.</summary>
/// <param name="Value">The mean.</param>
/// <param name="Low">2.5 % of the resampled means are below.</param>
/// <param name="High">2.5 % are above.</param>
internal readonly record struct StudyMean(double Value, double Low, double High)
{
    private const int Draws = 2000;

    /// <summary>Percentile bootstrap; the same values always give the same interval.</summary>
    public static StudyMean Of(IReadOnlyList<double> values)
    {
        var random = new Random(0);
        double[] means = new double[Draws];
        for (int draw = 0; draw < Draws; draw++)
        {
            double sum = 0;
            for (int i = 0; i < values.Count; i++)
            {
                sum += values[random.Next(values.Count)];
            }

            means[draw] = sum / values.Count;
        }

        Array.Sort(means);
        return new StudyMean(values.Average(), means[(int)(0.025 * Draws)], means[(int)(0.975 * Draws)]);
    }
}
