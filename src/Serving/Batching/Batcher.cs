using Endpoints.Serving.Admission;

namespace Endpoints.Serving.Batching;

/// <summary>
/// The queue of a sub-network and the rule that forms batches from it: in the order of the <see cref="WaitingLine"/>, whatever waits, up to the limits on tokens,
/// rows and predicted duration, without a timer.
/// </summary>
/// <remarks>
/// A row that does not fit lets shorter ones behind it pass into the batch, in <see cref="MostPasses"/> batches at most; then the batch ends at it, and
/// it is first in the next one. A request whose deadline has passed, or comes sooner than it could be computed alone, is ended and never computed.
/// Admission bounds how many rows wait.
/// </remarks>
internal sealed class Batcher(QueueTerms terms, EndpointLoad load, CostModel cost, TimeProvider time)
{
    /// <summary>Batches that may be formed past a row.</summary>
    public const int MostPasses = 4;

    /// <summary>Requests looked at behind one that does not fit.</summary>
    private const int MostLookedAt = 32;

    /// <summary>After so long without a batch the cost model may be wrong, and only a batch can tell: no request is given up on its word.</summary>
    private static readonly TimeSpan ModelAge = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly WaitingLine _line = new(time);
    private long _lastFormed = long.MinValue / 2;

    /// <summary>True when the cost model has recent batches to go by.</summary>
    public bool IsModelCurrent => time.GetElapsedTime(Volatile.Read(ref _lastFormed)) < ModelAge;

    /// <summary>Puts a request into the queue.</summary>
    /// <param name="request">Admitted.</param>
    /// <param name="estimated">The work that it was admitted with; the real work replaces it.</param>
    public void Enqueue(PendingRequest request, Work estimated)
    {
        Work work = request.TotalWork();
        lock (_lock)
        {
            _line.Join(request);
            request.Owner.Load.Enqueue(work, estimated, request.Priority);
        }
    }

    /// <summary>Fills an empty batch with what waits.</summary>
    /// <param name="batch">Empty.</param>
    /// <param name="maxDuration">Longest predicted duration of more than one row.</param>
    /// <returns>False when nothing waits.</returns>
    public bool TryForm(Batch batch, TimeSpan maxDuration)
    {
        if (load.QueuedRows == 0)
        {
            return false;
        }

        var limits = new BatchLimits(
            terms.MaxBatchTokens, terms.MaxBatchRows, maxDuration.TotalSeconds, cost.Terms, time.GetTimestamp(), time.TimestampFrequency);
        lock (_lock)
        {
            Fill(batch, limits);
            batch.EnterLoad();
            if (batch.Count > 0)
            {
                Volatile.Write(ref _lastFormed, limits.Now);
            }
        }

        return batch.Count > 0;
    }

    /// <summary>Ends a request early. Rows that no lane has taken leave the queue now; rows on a lane are computed for nothing.</summary>
    public void Abandon(PendingRequest request, Completion completion)
    {
        lock (_lock)
        {
            End(request, completion);
        }
    }

    /// <summary>Ends every request that waits.</summary>
    public void AbandonAll(Completion completion)
    {
        lock (_lock)
        {
            while (_line.First is { } request)
            {
                End(request, completion);
            }
        }
    }

    private void Fill(Batch batch, in BatchLimits limits)
    {
        PendingRequest? blocked = null;
        int countWhenBlocked = 0, looked = 0;
        for (PendingRequest? request = _line.First, next; request is not null && looked < MostLookedAt; request = next)
        {
            next = request.Next;
            if (IsTooLate(request, limits))
            {
                End(request, Completion.TimedOut);
            }
            else if (request.TakeRows(batch, limits))
            {
                _line.Leave(request);
            }
            else if (request.TimesPassed == MostPasses || batch.Count == limits.Rows)
            {
                break;
            }
            else if (blocked is null)
            {
                (blocked, countWhenBlocked) = (request, batch.Count);
            }

            looked += blocked is null ? 0 : 1;
        }

        if (blocked is not null && batch.Count > countWhenBlocked)
        {
            blocked.TimesPassed++;
        }
    }

    private bool IsTooLate(PendingRequest request, in BatchLimits limits) =>
        request.Deadline <= limits.Now || (IsModelCurrent && !limits.IsDoneBy(request.Deadline, request.NextWork));

    // A request that ended before has left the line, or never had anything in it.
    private void End(PendingRequest request, Completion completion)
    {
        if (request.TryEnd(completion))
        {
            Work dropped = request.DropRows();
            if (dropped.Rows > 0)
            {
                _line.Leave(request);
                request.Owner.Load.Abandon(dropped, request.Priority);
            }
        }
    }
}
