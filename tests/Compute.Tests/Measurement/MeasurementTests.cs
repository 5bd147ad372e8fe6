using Endpoints.Compute.Measurement;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Measurement;

public sealed class MeasurementTests
{
    [Fact]
    public void ProcessorPeak_OneRun_IsAFiniteRate()
    {
        using var team = new ThreadTeam(1);
        Assert.InRange(ProcessorPeak.MeasureFloat32(team, 1), 1e-3, 1e5);
    }

    [Fact]
    public void MemoryBandwidth_OneRun_ReadsAndUpdatesAtAFiniteRate()
    {
        using var team = new ThreadTeam(2);
        using var bandwidth = new MemoryBandwidth(team);
        Assert.InRange(bandwidth.MeasureRead(1), 1e-3, 1e5);
        Assert.InRange(bandwidth.MeasureUpdate(1), 1e-3, 1e5);
    }
}
