namespace Endpoints.Serving.Batching;

/// <summary>The warm-up of a queue on every lane of a server that is at work: a lane runs one of its batches between two of the traffic's.</summary>
internal sealed class LaneWarmUp
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NetworkQueue _queue;
    private readonly WarmUp[] _lanes;
    private int _cold;

    public LaneWarmUp(NetworkQueue queue, int lanes, TimeProvider time)
    {
        _queue = queue;
        _lanes = [.. Enumerable.Range(0, lanes).Select(lane => new WarmUp(queue, lane, time))];
        _cold = lanes;
    }

    /// <summary>Completes when every lane is warm; faults with what a lane threw.</summary>
    public Task Done => _done.Task;

    /// <summary>Runs a lane's next batch, on its thread.</summary>
    /// <returns>False when the lane has nothing left to run.</returns>
    public bool TryRunNext(int lane)
    {
        // Where another lane has failed, the network may be freed as soon as this one is out.
        if (!_queue.TryEnter())
        {
            return false;
        }

        try
        {
            if (!_done.Task.IsCompleted && _lanes[lane].TryRunNext())
            {
                return true;
            }
        }
        catch (Exception exception)
        {
            _done.TrySetException(exception);
            return false;
        }
        finally
        {
            _queue.Leave();
        }

        if (Interlocked.Decrement(ref _cold) == 0)
        {
            _done.TrySetResult();
        }

        return false;
    }

    /// <summary>The lanes stop before they are warm.</summary>
    public void Cancel() => _done.TrySetCanceled();
}
