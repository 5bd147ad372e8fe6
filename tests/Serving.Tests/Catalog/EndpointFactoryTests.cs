using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Catalog;

public sealed class EndpointFactoryTests
{
    private const int Megabyte = 1 << 20;

    /// <summary>A real network of 20 MB and 16 sub-networks of it: what they hold beside it is what their making allocates.</summary>
    [Fact]
    public void Create_SubNetworksOfALoadedNetwork_HoldLessThanAMegabyteEach()
    {
        BertConfig config = BertConfig.Uniform(500, 256, 6, 8, 1024, 64, "yes", "no");
        Checkpoint checkpoint = TestHost.CheckpointOf(config, new FakeTokenizer());
        using var engine = new CpuEngine(lanes: 2, threadsPerLane: 1, pinThreads: false);
        using var metrics = new ServingMetrics();
        var networks = new LoadedNetworks(engine);
        var factory = new EndpointFactory(engine, networks, metrics, TimeProvider.System);
        var options = new EndpointOptions { Precision = "float32" };
        ServedEndpoint whole = factory.Create(new EndpointDefinition("base", checkpoint, SubNetwork.Full(config)), options, isDefault: true);
        long resident = whole.Network.ResidentBytes;
        Assert.True(resident > 15 * Megabyte, $"{resident} bytes");

        long before = GC.GetAllocatedBytesForCurrentThread();
        ServedEndpoint[] cut = [.. Enumerable.Range(1, 16).Select(i =>
            factory.Create(new EndpointDefinition($"cut{i}", checkpoint, SubNetwork.Small(config, 1 + (i % 6), 1 + (i % 8), 64 * i)), options, isDefault: false))];
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.All(cut, endpoint => Assert.Same(whole.Network, endpoint.Network));
        Assert.Equal(resident, whole.Network.ResidentBytes);
        Assert.InRange(allocated, 1, 16 * Megabyte);
    }

    [Fact]
    public void Free_LastEndpointOfANetwork_FreesItAndNoSooner()
    {
        var engine = new FakeEngine();
        using var metrics = new ServingMetrics();
        var factory = new EndpointFactory(engine, new LoadedNetworks(engine), metrics, TimeProvider.System);
        Checkpoint checkpoint = TestHost.CheckpointOf(TestHost.Config, new FakeTokenizer());
        ServedEndpoint Create(string name, string precision) => factory.Create(
            new EndpointDefinition(name, checkpoint, SubNetwork.Full(TestHost.Config)), new EndpointOptions { Precision = precision }, isDefault: false);
        ServedEndpoint one = Create("one", "float32"), two = Create("two", "float32"), other = Create("other", "int8");
        Assert.Equal(2, engine.Loaded.Count);

        factory.Free(one);
        Assert.Equal(0, engine.Released);
        factory.Free(two);
        Assert.Equal(1, engine.Released);
        factory.Free(other);
        Assert.Equal(2, engine.Released);

        Create("again", "float32");
        Assert.Equal(3, engine.Loaded.Count);
    }
}
