using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Admission;

/// <summary>Predicts how long a request that arrives now at an endpoint would wait for its compute to start.</summary>
/// <remarks>
/// The wait is what is left of the batch on the lane that is free first, then the endpoint's own queue, and between its batches those of the other
/// endpoints: lanes are shared in turns, so another endpoint's long queue delays this one by a batch for each of its own, not by its whole length.
/// Queued work is divided among the lanes.
/// </remarks>
internal sealed class WaitEstimator(EndpointCatalog catalog, LaneClock lanes)
{
    public TimeSpan Predict(ServedEndpoint endpoint)
    {
        long ownTokens = endpoint.Load.QueuedTokens;
        long turns = 1 + (ownTokens / endpoint.Options.MaxBatchTokens);
        double queued = ownTokens * endpoint.Cost.SecondsPerToken;
        foreach (ServedEndpoint other in catalog.All)
        {
            if (other != endpoint)
            {
                queued += Math.Min(other.Load.QueuedTokens, turns * other.Options.MaxBatchTokens) * other.Cost.SecondsPerToken;
            }
        }

        return lanes.UntilFree() + TimeSpan.FromSeconds(queued / lanes.Count);
    }
}
