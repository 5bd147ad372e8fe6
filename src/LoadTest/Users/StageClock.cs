using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Users;

/// <summary>
/// The course of one stage: warm-up, then measured, then over. A request counts to the part it was sent in, however late its answer comes, so that
/// slow answers are not left out.
/// </summary>
internal sealed class StageClock(TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private volatile Recorder _counts = new();
    private Recorder? _warmUp;
    private long _measuredFrom;
    private TimeSpan _measured;

    /// <summary>Where requests sent now are to be counted.</summary>
    public Recorder Counts => _counts;

    /// <summary>Counts of the warm-up.</summary>
    public Recorder WarmUp => _warmUp ?? _counts;

    /// <summary>Counts of the measured part; empty when the stage did not get that far.</summary>
    public Recorder Measured => _warmUp is null ? new Recorder() : _counts;

    /// <summary>How long the measured part lasted; requests were sent only that long.</summary>
    public TimeSpan MeasuredTime => _measured;

    /// <summary>Must no further request be sent?</summary>
    public bool IsOver => _over.IsCancellationRequested;

    /// <summary>Fires when the stage is over.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Lets the stage take its time; an interruption ends it early. True when it ran its whole time.</summary>
    public async Task<bool> RunAsync(TimeSpan warmUp, TimeSpan measured, CancellationToken interrupted)
    {
        bool complete = await WaitAsync(warmUp, interrupted).ConfigureAwait(false);
        if (complete)
        {
            _warmUp = _counts;
            _measuredFrom = time.GetTimestamp();
            _counts = new Recorder();
            complete = await WaitAsync(measured, interrupted).ConfigureAwait(false);
            _measured = time.GetElapsedTime(_measuredFrom);
        }

        await _over.CancelAsync().ConfigureAwait(false);
        return complete;
    }

    public void Dispose() => _over.Dispose();

    private async Task<bool> WaitAsync(TimeSpan duration, CancellationToken interrupted)
    {
        if (duration > TimeSpan.Zero)
        {
            await Task.Delay(duration, time, interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !interrupted.IsCancellationRequested;
    }
}
