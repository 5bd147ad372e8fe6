using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Admission;

/// <summary>Predicts how long a request that arrives now at an endpoint would wait: until all that is ahead of it has been computed.</summary>
/// <remarks>
/// The wait is what is left of the batch on the lane that is free first, then what its own queue has before the request, and what the other
/// queues are due meanwhile by <see cref="FairShares"/>: those batches of theirs that start, in virtual time, before the batch that the request would
/// be in. Queued work is divided among the lanes.
/// </remarks>
internal sealed class WaitEstimator(EndpointCatalog catalog, FairShares shares, LaneClock lanes)
{
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="priority">The request's.</param>
    public TimeSpan Predict(ServedEndpoint endpoint, Priority priority = Priority.Normal)
    {
        NetworkQueue queue = endpoint.Queue;
        Work ahead = queue.Load.Waiting(priority);
        double own = Seconds(queue, ahead);

        // The batch that it would be in is the one that a further row like those ahead would be in.
        double before = ahead.Rows > 0
            ? Math.Min(own, (Math.Ceiling(Fill(queue, ahead) * (ahead.Rows + 1) / ahead.Rows) - 1) * FullBatch(queue, ahead))
            : 0;
        double start = shares.StartOf(queue.Share) + (before / queue.Share.Weight);
        double queued = own;
        foreach (NetworkQueue other in catalog.Scheduled)
        {
            if (other != queue)
            {
                queued += Due(other, start);
            }
        }

        return lanes.UntilFree() + TimeSpan.FromSeconds(queued / lanes.Count);
    }

    /// <summary>Seconds that work takes an endpoint, in as few batches as its limits allow.</summary>
    public static double Seconds(ServedEndpoint endpoint, Work work) => Seconds(endpoint.Queue, work);

    /// <summary>Rows like those that wait which could be answered in a second, if nothing else were to do; 0 where none waits.</summary>
    public double RowsPerSecond(ServedEndpoint endpoint)
    {
        Work waiting = endpoint.Queue.Load.Waiting();
        double seconds = Seconds(endpoint.Queue, waiting);
        return seconds > 0 ? lanes.Count * waiting.Rows / seconds : 0;
    }

    private static double Seconds(NetworkQueue queue, Work work) => queue.Cost.Terms.Seconds(work, Math.Ceiling(Fill(queue, work)));

    /// <summary>Seconds of a queue that are served before a virtual time: whole batches, of which the last may start just then.</summary>
    private double Due(NetworkQueue queue, double start)
    {
        Work waiting = queue.Load.Waiting();
        double due = queue.Share.Weight * (start - shares.StartOf(queue.Share));
        if (due < 0 || waiting.Rows <= 0)
        {
            return 0;
        }

        double batch = FullBatch(queue, waiting);
        return batch > 0 ? Math.Min(Seconds(queue, waiting), (Math.Floor(due / batch) + 1) * batch) : 0;
    }

    /// <summary>Seconds of a full batch of rows like these.</summary>
    private static double FullBatch(NetworkQueue queue, Work work)
    {
        CostTerms cost = queue.Cost.Terms;
        return cost.Fixed + (cost.Seconds(work, batches: 0) / Fill(queue, work));
    }

    /// <summary>How many batches work fills, the last one in part; 0 for none.</summary>
    private static double Fill(NetworkQueue queue, Work work)
    {
        QueueTerms terms = queue.Terms;
        CostTerms cost = queue.Cost.Terms;
        double room = terms.MaxBatchDuration.TotalSeconds - cost.Fixed;
        double byTime = room > 0 ? Math.Min(cost.Seconds(work, batches: 0) / room, work.Rows) : work.Rows;
        return Math.Max(0, Math.Max(byTime, Math.Max((double)work.Rows / terms.MaxBatchRows, (double)work.Tokens / terms.MaxBatchTokens)));
    }
}
