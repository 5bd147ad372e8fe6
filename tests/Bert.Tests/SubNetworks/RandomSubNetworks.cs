using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bert.Tests.SubNetworks;

/// <summary>Sub-networks of every space, drawn at random, blocks and layers that keep nothing included.</summary>
internal static class RandomSubNetworks
{
    /// <summary>Small enough to run in the reference: 3 layers, 4 heads of 2, 10 units.</summary>
    public static BertConfig Config { get; } = BertConfig.Uniform(13, 8, 3, 4, 10, 6, "no", "yes") with { LayerNormEpsilon = 1e-6f };

    public static IEnumerable<SubNetwork> Draw(BertConfig config, int count, int seed)
    {
        var random = new Random(seed);
        int Up(int max) => random.Next(4) == 0 ? 0 : random.Next(max + 1);
        bool[] Bits(int length)
        {
            int kept = Up(length);
            bool[] bits = [.. Enumerable.Range(0, length).Select(i => i < kept)];
            random.Shuffle(bits);
            return bits;
        }

        for (int i = 0; i < count; i++)
        {
            yield return (i % 4) switch
            {
                0 => SubNetwork.Small(config, Up(config.LayerCount), Up(config.MaxHeads), Up(config.MaxUnits)),
                1 => SubNetwork.Layer(config, Bits(config.LayerCount)),
                2 => SubNetwork.Medium(config, [.. config.Layers.Select(layer => Up(layer.Heads))], [.. config.Layers.Select(layer => Up(layer.Units))]),
                _ => SubNetwork.Large(config, [.. config.Layers.Select(layer =>
                    new LayerSelection(Kept.FromMask(Bits(layer.Heads)), Kept.FromMask(Bits(layer.Units))))]),
            };
        }
    }
}
