namespace Endpoints.Pruning.Objectives;

/// <summary>
/// Milliseconds that one run takes on this machine: after a warm-up, the median of each of several rounds of repeated runs, and of these the least.
/// A median shrugs off single interruptions, the least median also a neighbour that was busy for a whole round.
/// </summary>
internal sealed class RunTime(TimeProvider time, int warmUps = 3, int rounds = 3, int repeats = 11)
{
    public Measurement Measure(Action run, CancellationToken cancellationToken = default)
    {
        for (int i = 0; i < warmUps; i++)
        {
            run();
        }

        double[] medians = [.. Enumerable.Range(0, rounds).Select(_ => MedianOfRound(run, cancellationToken))];
        return new Measurement(medians.Min(), new Dictionary<string, double> { ["latency_slowest_round"] = medians.Max() });
    }

    private double MedianOfRound(Action run, CancellationToken cancellationToken)
    {
        double[] milliseconds = new double[repeats];
        for (int i = 0; i < repeats; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = time.GetTimestamp();
            run();
            milliseconds[i] = time.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(milliseconds);
        return (milliseconds[(repeats - 1) / 2] + milliseconds[repeats / 2]) / 2;
    }
}
