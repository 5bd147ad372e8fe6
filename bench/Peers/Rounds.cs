namespace Endpoints.Bench.Peers;

/// <summary>Times several engines on one workload in rounds: each engine once a round, another one first each time.</summary>
internal static class Rounds
{
    private const double TurnSeconds = 0.1, Budget = 8;
    private const int Fewest = 3, Most = 15;

    /// <summary>Logits may differ from our float32's by so much, of random weights whose logits are some tenths.</summary>
    private const double SameTolerance = 1e-3, RoundedTolerance = 0.1;

    /// <summary>A row for each engine that could take part; one that could not is noted with the reason.</summary>
    public static List<Measurement> Measure(string model, Workload workload, IReadOnlyList<IContestant> contestants, List<string> notes)
    {
        var fit = new List<(IContestant Contestant, int Passes, List<double> Seconds)>();
        double[][]? expected = null;
        foreach (IContestant contestant in contestants)
        {
            try
            {
                // The first pass loads and warms up.
                contestant.Run(workload, 1, out _);
                double pass = contestant.Run(workload, 1, out double[][] logits)[0];
                Check(expected ??= logits, logits, contestant);
                fit.Add((contestant, (int)Math.Clamp(TurnSeconds / pass, 1, 1000), [pass]));
            }
            catch (PeerException exception)
            {
                notes.Add($"{contestant.Engine} {contestant.Precision} is skipped on {model}, {workload.Lengths}, batch {workload.BatchSize}: {exception.Message}.");
            }
        }

        int rounds = (int)Math.Clamp(Budget / fit.Sum(one => one.Passes * one.Seconds[0]), Fewest, Most);
        fit.ForEach(one => one.Seconds.Clear());
        for (int round = 0; round < rounds; round++)
        {
            for (int turn = 0; turn < fit.Count; turn++)
            {
                (IContestant contestant, int passes, List<double> seconds) = fit[(round + turn) % fit.Count];
                seconds.Add(contestant.Run(workload, passes, out _).Average());
            }
        }

        return [.. fit.Select(one => Summary(model, workload, one.Contestant, [.. one.Seconds.Order()]))];
    }

    private static Measurement Summary(string model, Workload workload, IContestant contestant, double[] seconds)
    {
        double median = seconds[seconds.Length / 2];
        double quartiles = seconds[seconds.Length * 3 / 4] - seconds[seconds.Length / 4];
        return new Measurement(
            model, workload.Lengths, workload.BatchSize, workload.IsSorted, contestant.Engine, contestant.Precision, workload.Sequences / median, quartiles / 2 / median,
            median / workload.Batches.Length * 1e3, seconds.Length, (double?)contestant.Allocated / workload.Batches.Length);
    }

    /// <summary>The first engine is ours in float32, which the others must agree with.</summary>
    private static void Check(double[][] expected, double[][] actual, IContestant contestant)
    {
        double tolerance = contestant.Precision == Compute.Precision.Float32 ? SameTolerance : RoundedTolerance;
        for (int row = 0; row < expected.Length; row++)
        {
            for (int label = 0; label < expected[row].Length; label++)
            {
                Verify.Near(expected[row][label], actual[row][label], tolerance, $"logit {label} of sequence {row} by {contestant.Engine} {contestant.Precision}");
            }
        }
    }
}
