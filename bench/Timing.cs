using System.Diagnostics;

namespace Endpoints.Bench;

/// <summary>Times one thing over many short rounds, with the limit that it is held against measured in between.</summary>
/// <param name="Median">Median seconds of one call.</param>
/// <param name="Best">Fewest seconds of one call.</param>
/// <param name="MedianLimit">Median of the limit, in units a second.</param>
/// <param name="BestLimit">The limit at its best.</param>
/// <remarks>
/// A shared machine takes turns away from both: the typical share compares medians, the best share compares the two at their best, which is
/// what a quiet machine gives.
/// </remarks>
internal readonly record struct Timing(double Median, double Best, double MedianLimit, double BestLimit)
{
    private const double RoundSeconds = 0.005;
    private const double WarmUpSeconds = 0.2;

    /// <summary>Measures; <paramref name="seconds"/> bounds the rounds' time, of which there are at least 3 and at most 40.</summary>
    public static Timing Of(Action action, Func<double> limit, double seconds = 1)
    {
        double once = Time(action, 1);
        for (double spent = once; spent < WarmUpSeconds; spent += once)
        {
            once = Time(action, 1);
        }

        int calls = Math.Max(1, (int)(RoundSeconds / Math.Max(once, 1e-7)));
        int rounds = (int)Math.Clamp(seconds / (calls * once), 3, 40);
        var times = new double[rounds];
        var limits = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            limits[round] = limit();
            times[round] = Time(action, calls);
        }

        Array.Sort(times);
        Array.Sort(limits);
        return new Timing(times[rounds / 2], times[0], limits[rounds / 2], limits[^1]);
    }

    /// <summary>Units a second, of <paramref name="work"/> units a call.</summary>
    public double Rate(double work) => work / Median;

    /// <summary>The rate at its best.</summary>
    public double BestRate(double work) => work / Best;

    /// <summary>Median rate as a share of the median limit.</summary>
    public double TypicalShare(double work) => Rate(work) / MedianLimit;

    /// <summary>Best rate as a share of the best limit.</summary>
    public double BestShare(double work) => BestRate(work) / BestLimit;

    private static double Time(Action action, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            action();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
    }
}
