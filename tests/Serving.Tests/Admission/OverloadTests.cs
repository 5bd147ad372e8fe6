using Endpoints.Serving.Admission;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Options;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Admission;

/// <summary>Open-loop traffic against one simulated lane on which a row of 80 tokens takes 5 ms alone and 4 ms in a full batch.</summary>
public sealed class OverloadTests
{
    private const int Length = 80;

    [Fact]
    public void ThreeTimesCapacity_GoodputIsKeptAndThePromiseToo()
    {
        var options = new EndpointOptions();
        var peak = new LaneSimulation(options);
        List<Fate> atPeak = peak.Run(LaneSimulation.Poisson(0, 235, 60, Length, 1));
        var simulation = new LaneSimulation(options);

        List<Fate> fates = simulation.Run(LaneSimulation.Poisson(0, 750, 60, Length, 1));

        Fate[] computed = [.. fates.Where(fate => fate.IsComputed)];
        Assert.True(computed.Length >= 0.9 * atPeak.Count(fate => fate.IsComputed), $"{computed.Length} of {atPeak.Count}");
        double p99 = LaneSimulation.Percentile(computed.Select(fate => fate.Latency), 0.99);
        Assert.InRange(p99, 0.05, options.MaxQueueDelay.TotalSeconds + (2 * options.MaxBatchDuration.TotalSeconds));
        Assert.All(fates.Where(fate => fate.Refused is not null), fate => Assert.Equal(ThrottleReason.QueueDelay, fate.Refused));
    }

    [Fact]
    public void AfterOverload_WithinASecondEverythingIsTakenAgain()
    {
        var simulation = new LaneSimulation(new EndpointOptions());

        List<Fate> fates = simulation.Run(LaneSimulation.Poisson(0, 750, 10, Length, 1)
            .Concat(LaneSimulation.Poisson(0, 50, 20, Length, 2).Select(arrival => arrival with { At = arrival.At + 10 })));

        Fate[] later = [.. fates.Where(fate => fate.Arrival.At > 11)];
        Assert.All(later, fate => Assert.True(fate.IsComputed));
        Assert.InRange(LaneSimulation.Percentile(later.Select(fate => fate.Latency), 0.5), 0, 0.012);
    }

    [Theory]
    [InlineData(1, 240, 0)]
    [InlineData(1, 200, 500)]
    [InlineData(4, 300, 300)]
    public void PredictedWait_OneOrTwoBusyEndpoints_IsRightWithinABatchAndAHalf(double weight, double rate, double otherRate)
    {
        var simulation = new LaneSimulation(new EndpointOptions { Weight = weight }, new EndpointOptions());

        IEnumerable<Arrival> arrivals = LaneSimulation.Poisson(0, rate, 60, Length, 1);
        List<Fate> fates = simulation.Run(otherRate == 0 ? arrivals : arrivals.Concat(LaneSimulation.Poisson(1, otherRate, 60, 40, 2)).OrderBy(arrival => arrival.At));

        double[] errors = [.. fates.Where(fate => fate.IsComputed && fate.Arrival.Endpoint == 0).Select(fate => fate.Latency - 0.004 - fate.Predicted)];
        Assert.InRange(LaneSimulation.Percentile(errors, 0.05), -0.05, 0.02);
        Assert.InRange(LaneSimulation.Percentile(errors, 0.5), -0.02, 0.03);
        Assert.InRange(LaneSimulation.Percentile(errors, 0.95), 0, 0.075);
    }

    [Fact]
    public void Deadlines_UnderOverload_NothingIsLateAndLittleIsComputedForNothing()
    {
        var simulation = new LaneSimulation(new EndpointOptions { MaxQueueDelay = TimeSpan.FromSeconds(10) });

        List<Fate> fates = simulation.Run(LaneSimulation.Poisson(0, 750, 30, Length, 1).Select(arrival => arrival with { DeadlineSeconds = 0.08 }));

        Fate[] admitted = [.. fates.Where(fate => fate.Pending is not null)];
        Fate[] computed = [.. fates.Where(fate => fate.IsComputed)];
        Assert.All(fates.Where(fate => fate.Refused is not null), fate => Assert.Equal(ThrottleReason.Deadline, fate.Refused));
        Assert.True(computed.Length >= 0.8 * admitted.Length, $"{computed.Length} of {admitted.Length}");
        Assert.All(computed, fate => Assert.True(fate.Latency <= 0.0801, $"{fate.Latency}"));

        // Work for nothing is bounded: nearly all that was computed was answered.
        double used = computed.Length * 80 * 50e-6;
        Assert.True(used >= 0.75 * simulation.ComputeSeconds[0], $"{used} of {simulation.ComputeSeconds[0]}");
    }

    [Fact]
    public void Priorities_UnderOverload_HighFirstAndLowNotStarved()
    {
        var simulation = new LaneSimulation(new EndpointOptions { MaxQueueDelay = TimeSpan.FromSeconds(30), MaxConcurrency = 100_000 });
        IEnumerable<Arrival> Of(Priority priority, double rate, double seconds, int seed) =>
            LaneSimulation.Poisson(0, rate, seconds, Length, seed).Select(arrival => arrival with { Priority = priority });

        // High alone takes half of the lane; together they are a little more than it can do. Low comes at the start only.
        List<Fate> fates = simulation.Run(Of(Priority.High, 120, 20, 1).Concat(Of(Priority.Normal, 140, 20, 2)).Concat(Of(Priority.Low, 100, 1, 3)).OrderBy(arrival => arrival.At));

        double P95(Priority priority) => LaneSimulation.Percentile(fates.Where(fate => fate.Arrival.Priority == priority && fate.Arrival.At < 15).Select(fate => fate.Latency), 0.95);
        Assert.All(fates, fate => Assert.True(fate.IsComputed));
        Assert.True(P95(Priority.High) < 0.3 * P95(Priority.Normal), $"high {P95(Priority.High)}, normal {P95(Priority.Normal)}");
        Assert.True(fates.Where(fate => fate.Arrival.Priority == Priority.Low).Max(fate => fate.Latency) < 5);
    }
}
