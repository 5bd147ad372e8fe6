using Endpoints.Serving.Options;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Batching;

/// <summary>Shares of one simulated lane. A row of 80 tokens takes 5 ms alone; a batch of 50 ms holds twelve.</summary>
public sealed class FairSharesTests
{
    private const double RowSeconds = 0.005;
    private const int Length = 80;

    /// <summary>Endpoint 0 at five times its capacity, endpoint 1 at a tenth of its half.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Overload_OfAnotherEndpoint_RaisesP99ByLessThanTwice(int seed)
    {
        const double Seconds = 200;
        Arrival[] light = [.. LaneSimulation.Poisson(1, 0.05 / RowSeconds, Seconds, Length, seed)];
        Arrival[] heavy = [.. LaneSimulation.Poisson(0, 5 / RowSeconds, Seconds, Length, seed + 100)];

        double alone = P99OfLight(light);
        double disturbed = P99OfLight(light.Concat(heavy).OrderBy(arrival => arrival.At));

        Assert.True(disturbed < 2 * alone, $"alone {1000 * alone:F1} ms, disturbed {1000 * disturbed:F1} ms");
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(3, 0.75)]
    [InlineData(0.25, 0.2)]
    public void BothOverloaded_ShareComputeTimeByWeightWhateverTheirRequestsCost(double weight, double expected)
    {
        // The first endpoint's requests cost eight times the second one's.
        var simulation = new LaneSimulation(new EndpointOptions { Weight = weight }, new EndpointOptions());
        simulation.Noise = Jitter(5);

        simulation.Run(LaneSimulation.Poisson(0, 500, 60, 400, 1).Concat(LaneSimulation.Poisson(1, 2000, 60, 50, 2)).OrderBy(arrival => arrival.At));

        double share = simulation.ComputeSeconds[0] / simulation.ComputeSeconds.Sum();
        Assert.InRange(share, expected - 0.02, expected + 0.02);
    }

    [Fact]
    public void IdleForLong_ThenBusy_HasSavedNothingUp()
    {
        var simulation = new LaneSimulation(new EndpointOptions(), new EndpointOptions());

        // The second endpoint sleeps for 60 s and then wants everything.
        simulation.Run(LaneSimulation.Poisson(0, 1000, 80, Length, 1)
            .Concat(LaneSimulation.Poisson(1, 1000, 20, Length, 2).Select(arrival => arrival with { At = arrival.At + 60 }))
            .OrderBy(arrival => arrival.At));

        double[] afterwards = [.. Enumerable.Range(0, 2).Select(endpoint =>
            simulation.Batches.Where(batch => batch.Endpoint == endpoint && batch.Start is > 60 and < 62).Sum(batch => batch.Seconds))];
        Assert.InRange(afterwards[0] / afterwards.Sum(), 0.45, 0.55);
    }

    [Fact]
    public void OneIdle_TheOtherHasEverything()
    {
        var simulation = new LaneSimulation(new EndpointOptions { Weight = 0.001 }, new EndpointOptions { Weight = 1000 });

        simulation.Run(LaneSimulation.Poisson(0, 1000, 20, Length, 1));

        Assert.InRange(simulation.ComputeSeconds[0], 19.9, 20.3);
    }

    [Fact]
    public void AloneInUse_BatchesAreAsLongAsAllowed()
    {
        var simulation = new LaneSimulation(new EndpointOptions(), new EndpointOptions());

        simulation.Run(LaneSimulation.Poisson(0, 1000, 10, Length, 1));

        Assert.InRange(LaneSimulation.Percentile(simulation.Batches.Select(batch => batch.Seconds), 0.5), 0.045, 0.05);
    }

    [Fact]
    public void BothOverloaded_BatchesStayLong()
    {
        var simulation = new LaneSimulation(new EndpointOptions(), new EndpointOptions());

        simulation.Run(LaneSimulation.Poisson(0, 1000, 10, Length, 1).Concat(LaneSimulation.Poisson(1, 1000, 10, Length, 2)).OrderBy(arrival => arrival.At));

        Assert.InRange(LaneSimulation.Percentile(simulation.Batches.Select(batch => batch.Seconds), 0.5), 0.045, 0.05);
    }

    private static double P99OfLight(IEnumerable<Arrival> arrivals)
    {
        var simulation = new LaneSimulation(new EndpointOptions(), new EndpointOptions()) { Noise = Jitter(7) };
        List<Fate> fates = [.. simulation.Run(arrivals).Where(fate => fate.Arrival.Endpoint == 1)];
        Assert.All(fates, fate => Assert.True(fate.IsComputed));
        return LaneSimulation.Percentile(fates.Select(fate => fate.Latency), 0.99);
    }

    private static Func<double> Jitter(int seed)
    {
        var random = new Random(seed);
        return () => 0.9 + (0.2 * random.NextDouble());
    }
}
