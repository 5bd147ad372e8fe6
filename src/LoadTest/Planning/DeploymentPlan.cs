using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endpoints.LoadTest.Planning;

/// <summary>The cheapest way to meet a target.</summary>
/// <param name="Rate">Requests a second that it is to answer.</param>
/// <param name="Promise">The promise that each of them is to keep, condition by condition.</param>
/// <param name="MinAccuracy">Share of right answers that it is to reach on average, 0 to 1; null for any.</param>
/// <param name="Headroom">Share of each machine's capacity that is kept free.</param>
/// <param name="Parts">What to deploy; one endpoint, or two that share the requests.</param>
/// <param name="Machines">Machines of all parts.</param>
/// <param name="PricePerHour">Price of all machines for an hour.</param>
/// <param name="PricePerMillion">Price of a million answers at that rate.</param>
/// <param name="Accuracy">Share of right answers to expect; null when it was not measured.</param>
/// <param name="Alone">What it would take with each endpoint of the load test alone, to compare with.</param>
public sealed record DeploymentPlan(
    double Rate, IReadOnlyList<string> Promise, double? MinAccuracy, double Headroom, IReadOnlyList<PlannedEndpoint> Parts, int Machines, double PricePerHour,
    double PricePerMillion, double? Accuracy, IReadOnlyList<EndpointAlone> Alone)
{
    /// <summary>The plan as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, PlanJson.Default.DeploymentPlan);
}

/// <summary>An endpoint in a plan.</summary>
/// <param name="Endpoint">Its name.</param>
/// <param name="Replicas">Machines that run it.</param>
/// <param name="Share">Share of all requests that go to it, 0 to 1.</param>
/// <param name="RatePerReplica">Requests a second that each is then sent.</param>
/// <param name="MaxRatePerReplica">Most requests a second that it answered in the load test with the promise kept.</param>
/// <param name="TestedAt">Load of that stage: virtual users or, in an open loop, requests a second.</param>
/// <param name="P95Ms">95th percentile of the response times there, in ms.</param>
/// <param name="MaxConcurrency">Requests under way at once there: what to set as the endpoint's <c>MaxConcurrency</c>, so that more is throttled instead of delayed.</param>
public sealed record PlannedEndpoint(
    string Endpoint, int Replicas, double Share, double RatePerReplica, double MaxRatePerReplica, double TestedAt, double? P95Ms, int MaxConcurrency);

/// <summary>What it would take with one endpoint alone.</summary>
/// <param name="Endpoint">Its name.</param>
/// <param name="Machines">Machines that answer the rate with the promise kept; null when none do.</param>
/// <param name="PricePerHour">Their price for an hour.</param>
/// <param name="Accuracy">Share of right answers; null when it was not measured.</param>
/// <param name="Problem">Why it does not do alone; null when it does.</param>
public sealed record EndpointAlone(string Endpoint, int? Machines, double? PricePerHour, double? Accuracy, string? Problem);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeploymentPlan))]
internal sealed partial class PlanJson : JsonSerializerContext;
