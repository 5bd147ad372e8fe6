using Endpoints.Serving.Admission;
using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Batching;

/// <summary>
/// Which queue a free lane serves next: start-time fair queueing in compute time. Of the queues with work, the one whose next batch starts earliest
/// in virtual time is served, and pays the batch's duration divided by its weight; the measured duration, when it is known.
/// </summary>
/// <remarks>
/// An endpoint that was idle starts at the present virtual time: it goes before those that are ahead of their share, and has saved nothing up.
/// A batch is never interrupted, so an endpoint that is seldom used could find a long batch of another one before it each time. While it is in use but has
/// less to do than its share, the batches of others are therefore kept as short as one of its own requests.
/// </remarks>
internal sealed class FairShares(EndpointCatalog catalog, TimeProvider time)
{
    /// <summary>How long after its last batch an endpoint counts as in use.</summary>
    private static readonly TimeSpan InUse = TimeSpan.FromSeconds(10);

    /// <summary>Batches are never made shorter than this for another endpoint's sake: network and threads disturb it as much.</summary>
    private static readonly TimeSpan Unnoticed = TimeSpan.FromMilliseconds(1);

    private readonly Lock _lock = new();
    private double _virtualTime;
    private long _turn;

    /// <summary>Virtual time at which a queue's next batch would start.</summary>
    public double StartOf(Share share) => Math.Max(Volatile.Read(ref _virtualTime), share.PaidUntil);

    /// <summary>Fills an empty batch from the queue whose turn it is, and enters that; the caller leaves it.</summary>
    /// <returns>That queue; null when none has work.</returns>
    public NetworkQueue? FormNext(Batch batch)
    {
        lock (_lock)
        {
            // A queue whose requests have all run out of time gives no batch and is empty then.
            while (Next() is { } queue)
            {
                // The lane must hold the queue itself: the requests of its batch may all leave before it is computed.
                if (!queue.TryEnter())
                {
                    continue;
                }

                if (queue.Batcher.TryForm(batch, MaxDuration(queue)))
                {
                    Charge(queue, batch.Work);
                    return queue;
                }

                queue.Leave();
            }
        }

        return null;
    }

    /// <summary>Settles what a batch really took.</summary>
    public void Settle(NetworkQueue queue, double predicted, double measured)
    {
        lock (_lock)
        {
            queue.Share.Correct(measured - predicted);
        }
    }

    private NetworkQueue? Next()
    {
        NetworkQueue? next = null;
        double earliest = double.PositiveInfinity;
        foreach (NetworkQueue queue in catalog.Scheduled)
        {
            if (queue.Load.QueuedRows > 0)
            {
                double start = StartOf(queue.Share);
                if (start < earliest || (start <= earliest && queue.Share.LastTurn < next!.Share.LastTurn))
                {
                    (next, earliest) = (queue, start);
                }
            }
        }

        return next;
    }

    private TimeSpan MaxDuration(NetworkQueue queue)
    {
        TimeSpan longest = queue.Terms.MaxBatchDuration;
        foreach (NetworkQueue other in catalog.Scheduled)
        {
            if (other != queue && !other.Share.IsBacklogged && time.GetElapsedTime(other.Share.LastServed) < InUse)
            {
                var bound = TimeSpan.FromSeconds(Math.Max(Unnoticed.TotalSeconds, other.Share.TypicalSeconds));
                longest = bound < longest ? bound : longest;
            }
        }

        return longest;
    }

    private void Charge(NetworkQueue queue, Work work)
    {
        CostTerms cost = queue.Cost.Terms;
        double seconds = cost.Seconds(work);
        double start = StartOf(queue.Share);
        Volatile.Write(ref _virtualTime, start);
        queue.Share.LastTurn = ++_turn;
        queue.Share.IsBacklogged = queue.Load.QueuedRows > 0;
        queue.Share.Charge(start, seconds, cost.Fixed + ((seconds - cost.Fixed) / work.Rows), time.GetTimestamp());
    }
}
