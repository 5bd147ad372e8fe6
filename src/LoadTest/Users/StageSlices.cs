using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Users;

/// <summary>
/// The measured part of a stage, cut into windows and those into slices of equal length. Figures are those of the last three windows; windows before
/// them were not yet steady and count as warm-up.
/// </summary>
internal sealed class StageSlices
{
    /// <summary>Windows that have to agree, and that figures are taken from.</summary>
    public const int Windows = 3;

    /// <summary>Slices of a window; the spread between slices gives the confidence intervals.</summary>
    public const int PerWindow = 4;

    /// <summary>Windows agree when each differs from their mean by no more than this share.</summary>
    public const double Agreement = 0.1;

    private readonly List<Slice> _slices = [];

    /// <summary>Windows that were run.</summary>
    public int WindowCount => _slices.Count / PerWindow;

    /// <summary>How long the slices that figures are taken from lasted.</summary>
    public TimeSpan Time => Last.Aggregate(TimeSpan.Zero, (sum, slice) => sum + slice.Time);

    /// <summary>Do the last three windows agree in answers a second and in the 95th percentile of response time?</summary>
    public bool AreSteady => _slices.Count >= Windows * PerWindow
        && Agree(LastWindows(window => (double)window[Outcome.Ok].Count)) && Agree(LastWindows(window => (double)window[Outcome.Ok].Percentile(0.95)));

    private IEnumerable<Slice> Last => _slices.TakeLast(Windows * PerWindow);

    public void Add(Recorder counts, TimeSpan time) => _slices.Add(new Slice(counts, time));

    /// <summary>All that was counted in the last three windows.</summary>
    public Recorder Measured() => Sum(Last);

    /// <summary>All that was counted before.</summary>
    public Recorder Unsteady() => Sum(_slices.SkipLast(Windows * PerWindow));

    /// <summary>A figure of each slice in which there is one.</summary>
    public double[] Each(Func<Recorder, TimeSpan, double?> figure) => [.. Last.Select(slice => figure(slice.Counts, slice.Time)).OfType<double>()];

    private double[] LastWindows(Func<Recorder, double> figure) => [.. Last.Chunk(PerWindow).Select(window => figure(Sum(window)))];

    private static bool Agree(double[] values)
    {
        double mean = values.Average();
        return mean > 0 && values.All(value => Math.Abs(value - mean) <= Agreement * mean);
    }

    private static Recorder Sum(IEnumerable<Slice> slices)
    {
        var sum = new Recorder();
        foreach (Slice slice in slices)
        {
            sum.Add(slice.Counts);
        }

        return sum;
    }

    private readonly record struct Slice(Recorder Counts, TimeSpan Time);
}
