using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Profiles;

namespace Endpoints.LoadTest.Users;

/// <summary>
/// The course of one stage: warm-up, then windows until three agree or there are enough, then over. A request counts to the part it was sent in,
/// however late its answer comes, so that slow answers are not left out.
/// </summary>
internal sealed class StageClock(LoadStage stage, LoadTestOptions options, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Recorder _warmUp = new();
    private readonly StageSlices _slices = new();

    /// <summary>A ramp is over when its rate is reached, however much its windows differ.</summary>
    private readonly int _maxWindows = stage.RateTo is null ? options.MaxWindows : StageSlices.Windows;

    private volatile Recorder? _counts;

    /// <summary>Where requests sent now are to be counted.</summary>
    public Recorder Counts => _counts ?? _warmUp;

    /// <summary>The windows of the measured part; none when the stage did not get that far.</summary>
    public StageSlices Slices => _slices;

    /// <summary>Requests of the warm-up, and of windows before the ones that figures are taken from.</summary>
    public long WarmUpRequests => _warmUp.Requests + _slices.Unsteady().Requests;

    /// <summary>Share of the cores it may use that this process used while it measured, 0 to 1.</summary>
    public double CpuShare { get; private set; }

    /// <summary>Must no further request be sent?</summary>
    public bool IsOver => _over.IsCancellationRequested;

    /// <summary>Fires when the stage is over.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Lets the stage take its time; an interruption ends it early. True when it ran its whole time.</summary>
    /// <param name="warmUp">Not counted.</param>
    /// <param name="measured">Time of three windows.</param>
    /// <param name="interrupted">Fires when the run is interrupted.</param>
    public async Task<bool> RunAsync(TimeSpan warmUp, TimeSpan measured, CancellationToken interrupted)
    {
        long start = time.GetTimestamp();
        bool complete = await WaitAsync(start, warmUp, interrupted).ConfigureAwait(false);
        if (complete)
        {
            long measuredFrom = time.GetTimestamp();
            TimeSpan cpu = options.CpuTime();
            complete = await MeasureAsync(start, warmUp, measured / (StageSlices.Windows * StageSlices.PerWindow), interrupted).ConfigureAwait(false);
            CpuShare = Math.Round((options.CpuTime() - cpu) / (time.GetElapsedTime(measuredFrom) + TimeSpan.FromTicks(1)) / Environment.ProcessorCount, 3);
        }

        await _over.CancelAsync().ConfigureAwait(false);
        return complete;
    }

    public void Dispose() => _over.Dispose();

    private async Task<bool> MeasureAsync(long start, TimeSpan from, TimeSpan slice, CancellationToken interrupted)
    {
        TimeSpan end = from;
        while (true)
        {
            for (int i = 0; i < StageSlices.PerWindow; i++)
            {
                long began = time.GetTimestamp();
                var counts = new Recorder();
                _counts = counts;
                end += slice;
                bool complete = await WaitAsync(start, end, interrupted).ConfigureAwait(false);
                _slices.Add(counts, time.GetElapsedTime(began));
                if (!complete)
                {
                    return false;
                }
            }

            if (_slices.WindowCount >= _maxWindows || (_slices.WindowCount >= StageSlices.Windows && _slices.AreSteady))
            {
                return true;
            }
        }
    }

    /// <summary>Waits until a time after the start; ends are counted from there, so that the lateness of timers does not add up.</summary>
    private async Task<bool> WaitAsync(long start, TimeSpan end, CancellationToken interrupted)
    {
        await Pause.ForAsync(end - time.GetElapsedTime(start), time, interrupted).ConfigureAwait(false);
        return !interrupted.IsCancellationRequested;
    }
}
