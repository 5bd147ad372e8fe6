using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bert.Tests.SubNetworks;

public sealed class MemoryEstimateTests
{
    [Theory]
    [InlineData(Precision.Float32)]
    [InlineData(Precision.BFloat16)]
    [InlineData(Precision.Int8)]
    public void WeightBytes_ExtractedSubNetwork_IsWhatALoadedOneHolds(Precision precision)
    {
        BertConfig config = BertConfig.Uniform(500, 128, 3, 4, 512, 64, "no", "yes");
        SubNetwork subNetwork = SubNetwork.Medium(config, [3, 0, 4], [320, 64, 0]);
        BertParameters extracted = SubNetworkExtractor.Extract(new BertParameters(config), subNetwork);
        using var engine = new CpuEngine(threadsPerLane: 1);
        long held = engine.Load(extracted, precision).ResidentBytes;
        long estimated = MemoryEstimate.WeightBytes(config, subNetwork, precision);

        // The classifier's 2 outputs fill a panel of 32.
        Assert.InRange(held - estimated, 0, 0.03 * held);
    }

    [Fact]
    public void WorkspaceBytes_Precisions_StoreLess()
    {
        BertConfig config = BertConfig.Base();
        SubNetwork subNetwork = SubNetwork.Small(config, 6, 6, 1536);

        // 2 × 768 hidden states with copies, 4 × 384 of attention, 1536 units.
        Assert.Equal(100 * 4 * (1536 + 1536 + 1536), MemoryEstimate.WorkspaceBytes(config, subNetwork, Precision.Float32, 100));
        Assert.Equal(100 * ((6 * 1536) + (2 * 3072)), MemoryEstimate.WorkspaceBytes(config, subNetwork, Precision.BFloat16, 100));
        Assert.Equal(100 * ((5 * 1536) + (2 * 3072) + 1536), MemoryEstimate.WorkspaceBytes(config, subNetwork, Precision.Int8, 100));
    }
}
