using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Admission;

/// <summary>Why a request was not admitted.</summary>
internal enum ThrottleReason
{
    /// <summary>It would wait longer than the endpoint promises.</summary>
    QueueDelay,

    /// <summary>The endpoint would hold more rows than it may.</summary>
    Concurrency,
}

/// <summary>A refusal for now.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Wait">Predicted wait at the time of refusal.</param>
/// <param name="RetryAfter">When the queue has drained far enough, as things stand.</param>
internal sealed record Throttled(ThrottleReason Reason, TimeSpan Wait, TimeSpan RetryAfter);

/// <summary>Decides at the door whether a request may enter its endpoint. Needs no token count, so it costs next to nothing when the answer is no.</summary>
internal sealed class AdmissionControl(WaitEstimator waits)
{
    /// <summary>Looks whether the promise can be kept; admits nothing yet. Null: it can.</summary>
    public Throttled? CheckDelay(ServedEndpoint endpoint)
    {
        TimeSpan wait = waits.Predict(endpoint);
        TimeSpan promise = endpoint.Options.MaxQueueDelay;
        return wait > promise ? new Throttled(ThrottleReason.QueueDelay, wait, wait - promise) : null;
    }

    /// <summary>Admits all rows of a request or none. Null: admitted, and the rows and estimated tokens count until they leave the endpoint's load.</summary>
    public Throttled? TryAdmit(ServedEndpoint endpoint, int rows, long estimatedTokens)
    {
        // Others may have entered while this request's body was read.
        if (CheckDelay(endpoint) is { } throttled)
        {
            return throttled;
        }

        if (!endpoint.Load.TryAdmit(rows, estimatedTokens, endpoint.Options.MaxConcurrency))
        {
            TimeSpan wait = waits.Predict(endpoint);
            return new Throttled(ThrottleReason.Concurrency, wait, wait);
        }

        return null;
    }
}
