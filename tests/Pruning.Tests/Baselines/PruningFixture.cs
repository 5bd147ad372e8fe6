using Endpoints.Bert;
using Endpoints.Bert.Tokenization;
using Endpoints.Pruning.Baselines;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Tests.Baselines;

/// <summary>A small random network and examples to prune it with.</summary>
internal sealed class PruningFixture : IDisposable
{
    public static BertConfig Config { get; } = BertConfig.Uniform(60, 16, 4, 4, 12, 16, "a", "b");

    public BertParameters Parameters { get; } = BertParameters.Random(Config, seed: 11, standardDeviation: 0.25f);

    public LabelledEncodings Train { get; } = Examples(24, seed: 1);

    public CpuEngine Engine { get; } = new(threadsPerLane: 2);

    public static LabelledEncodings Examples(int count, int seed)
    {
        var random = new Random(seed);
        Encoding[] encodings = [.. Enumerable.Range(0, count).Select(_ =>
        {
            int length = random.Next(2, 12);
            return new Encoding([.. Enumerable.Range(0, length).Select(_ => random.Next(60))], new int[length], Truncated: false);
        })];
        return LabelledEncodings.Classification(encodings, [.. Enumerable.Range(0, count).Select(_ => random.Next(2))]);
    }

    public PrunedNetwork[] Prune(string method, PruningOptions? options = null, BertParameters? parameters = null)
    {
        IPruningMethod made = PruningMethods.Catalog.Create(method, Context(options, parameters));
        PrunedNetwork[] networks = [.. made.Prune()];
        Assert.Equal(method, made.Name);
        Assert.Equal(made.Count, networks.Length);
        Assert.Equal("full", networks[0].SubNetwork.ToString());
        Assert.Equal(0, networks[0].Level);
        Assert.Null(networks[0].Weights);
        return networks;
    }

    public PruningContext Context(PruningOptions? options = null, BertParameters? parameters = null) => new()
    {
        Parameters = parameters ?? Parameters,
        Train = Train,
        Engine = Engine,
        Options = options ?? new PruningOptions(),
        Threads = 2,
    };

    public void Dispose() => Engine.Dispose();
}
