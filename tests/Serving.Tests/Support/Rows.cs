using Endpoints.Serving.Admission;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Metrics;

namespace Endpoints.Serving.Tests.Support;

/// <summary>Rows without a server.</summary>
internal static class Rows
{
    /// <summary>An owner that counts at a load.</summary>
    public static RowOwner OwnerOf(EndpointLoad load) => new(load, new EndpointMetrics(new ServingMetrics(), "e"));
}
