using System.Diagnostics;

namespace Endpoints.Bench;

/// <summary>Times one thing over many short rounds and takes the median, so that a neighbour's burst does not count.</summary>
internal static class Measure
{
    private const double RoundSeconds = 0.02;

    /// <summary>Median seconds of one call, over <paramref name="rounds"/> rounds of about 20 ms each, after a warm-up.</summary>
    public static double Median(Action action, Action? between = null, int rounds = 25)
    {
        int calls = 1;
        double once = Time(action, 1);
        for (double spent = once; spent < 0.2; spent += once)
        {
            once = Time(action, 1);
        }

        calls = Math.Max(1, (int)(RoundSeconds / Math.Max(once, 1e-7)));
        var seconds = new double[rounds];
        for (int i = 0; i < rounds; i++)
        {
            seconds[i] = Time(action, calls);
            if (i % 5 == 0)
            {
                between?.Invoke();
            }
        }

        Array.Sort(seconds);
        return seconds[rounds / 2];
    }

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
