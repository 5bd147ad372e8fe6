using System.Globalization;
using Endpoints.LoadTest.Goals;

namespace Endpoints.LoadTest.Planning;

/// <summary>What a deployment is to meet.</summary>
/// <param name="Rate">Requests a second.</param>
/// <param name="Promise">Conditions that have to hold; none: it must not throttle.</param>
/// <param name="PricePerHour">Price of a machine for an hour.</param>
public sealed record PlanGoal(double Rate, IReadOnlyList<Condition> Promise, double PricePerHour)
{
    /// <summary>Share of right answers to reach on average, 0 to 1; null for any.</summary>
    public double? MinAccuracy { get; init; }

    /// <summary>Share of each machine's capacity to keep free for bursts and failures. Default 0.3.</summary>
    public double Headroom { get; init; } = 0.3;

    internal void Validate()
    {
        Require(Rate is > 0 and <= 1e7, string.Create(CultureInfo.InvariantCulture, $"The rate is {Rate} requests a second: give more than 0, at most 10000000, such as 10000."));
        Require(PricePerHour is > 0 and <= 1e9, string.Create(CultureInfo.InvariantCulture, $"The price is {PricePerHour} an hour: give more than 0, at most 1000000000, such as 0.40."));
        Require(Headroom is >= 0 and < 1, $"The headroom is {Headroom}: give a share from 0 to below 1, such as 0.3.");
        Require(MinAccuracy is null or (> 0 and <= 1), $"The accuracy is {MinAccuracy}: give a share above 0, at most 1, such as 0.9.");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new LoadTestException(message);
        }
    }
}
