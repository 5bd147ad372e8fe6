using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Admission;

/// <summary>Why a request was not admitted.</summary>
internal enum ThrottleReason
{
    /// <summary>It would wait longer than the endpoint promises.</summary>
    QueueDelay,

    /// <summary>The endpoint would hold more rows than it may.</summary>
    Concurrency,

    /// <summary>It could not be answered by its deadline.</summary>
    Deadline,
}

/// <summary>A refusal for now.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Wait">Predicted wait at the time of refusal; until the answer where the reason is the deadline.</param>
/// <param name="RetryAfter">When the queue has drained far enough, as things stand, and few enough others come back (<see cref="ReturnSchedule"/>).</param>
internal sealed record Throttled(ThrottleReason Reason, TimeSpan Wait, TimeSpan RetryAfter);

/// <summary>Decides at the door whether a request may enter its endpoint. Needs no token count, so it costs next to nothing when the answer is no.</summary>
internal sealed class AdmissionControl(WaitEstimator waits, TimeProvider time)
{
    /// <summary>Looks whether the promise can be kept; admits nothing yet. Null: it can.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="priority">The request's.</param>
    /// <param name="rows">Its rows; 1 as long as nobody knows.</param>
    public Throttled? CheckDelay(ServedEndpoint endpoint, Priority priority, int rows = 1)
    {
        TimeSpan wait = waits.Predict(endpoint, priority);
        TimeSpan promise = endpoint.Options.MaxQueueDelay;
        return wait > promise ? new Throttled(ThrottleReason.QueueDelay, wait, ComeBack(endpoint, wait - promise, rows)) : null;
    }

    /// <summary>Admits all rows of a request or none. Null: admitted, and the rows and their estimated work count until they leave the endpoint's load.</summary>
    public Throttled? TryAdmit(ServedEndpoint endpoint, Work estimated, Priority priority, long deadline)
    {
        // Others may have entered while this request's body was read.
        if (CheckDelay(endpoint, priority, (int)estimated.Rows) is { } throttled)
        {
            return throttled;
        }

        if (deadline != long.MaxValue && CheckDeadline(endpoint, estimated, priority, deadline) is { } late)
        {
            return late;
        }

        if (!endpoint.Load.TryAdmit(estimated, priority, endpoint.Options.MaxConcurrency))
        {
            TimeSpan wait = waits.Predict(endpoint, priority);
            return new Throttled(ThrottleReason.Concurrency, wait, ComeBack(endpoint, wait, (int)estimated.Rows));
        }

        return null;
    }

    private TimeSpan ComeBack(ServedEndpoint endpoint, TimeSpan drained, int rows) =>
        TimeSpan.FromSeconds(endpoint.Queue.Returns.Next(drained, rows, waits.RowsPerSecond(endpoint)));

    private Throttled? CheckDeadline(ServedEndpoint endpoint, Work estimated, Priority priority, long deadline)
    {
        TimeSpan wait = waits.Predict(endpoint, priority);
        TimeSpan finish = wait + TimeSpan.FromSeconds(WaitEstimator.Seconds(endpoint, estimated));
        long now = time.GetTimestamp();
        TimeSpan left = deadline > now ? time.GetElapsedTime(now, deadline) : TimeSpan.Zero;

        // An idle endpoint whose cost nobody has measured lately takes it: if the prediction is too high, only a batch can tell.
        bool isProbe = left > TimeSpan.Zero && endpoint.Queue.Load.Rows == 0 && !endpoint.Queue.Batcher.IsModelCurrent;
        return finish > left && !isProbe ? new Throttled(ThrottleReason.Deadline, finish, wait) : null;
    }
}
