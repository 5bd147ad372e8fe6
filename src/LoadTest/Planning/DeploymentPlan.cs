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
public sealed record DeploymentPlan(
    double Rate, IReadOnlyList<string> Promise, double? MinAccuracy, double Headroom, IReadOnlyList<PlannedEndpoint> Parts, int Machines, double PricePerHour,
    double PricePerMillion, double? Accuracy)
{
    /// <summary>The plan as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, PlanJson.Default.DeploymentPlan);
}

/// <summary>An endpoint in a plan.</summary>
/// <param name="Endpoint">Its name.</param>
/// <param name="Replicas">Machines that run it.</param>
/// <param name="Share">Share of all requests that go to it, 0 to 1.</param>
/// <param name="RatePerReplica">Requests a second that each is then sent.</param>
/// <param name="MaxRatePerReplica">Requests a second that each answered in the load test with the promise kept.</param>
/// <param name="MaxConcurrency">Requests under way at once at that rate: what to set as the endpoint's <c>MaxConcurrency</c>, so that more is throttled instead of delayed.</param>
public sealed record PlannedEndpoint(string Endpoint, int Replicas, double Share, double RatePerReplica, double MaxRatePerReplica, int MaxConcurrency);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DeploymentPlan))]
internal sealed partial class PlanJson : JsonSerializerContext;
