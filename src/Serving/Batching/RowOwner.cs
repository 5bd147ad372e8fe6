using Endpoints.Serving.Admission;
using Endpoints.Serving.Metrics;

namespace Endpoints.Serving.Batching;

/// <summary>Whose a row is while it is queued and computed: what counts it, for a queue and a batch may hold rows of several endpoints.</summary>
/// <param name="load">What is inside of that endpoint.</param>
/// <param name="metrics">What that endpoint records.</param>
internal sealed class RowOwner(EndpointLoad load, EndpointMetrics metrics)
{
    public EndpointLoad Load => load;

    public EndpointMetrics Metrics => metrics;
}
