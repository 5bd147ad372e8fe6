using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>
/// SMALL with the heads halved again and again: H, H/2, H/4 and H/8, rounded down, so 12, 6, 3 and 1 in BERT-base: what the post about deploying on
/// endpoints searches. A head choice is one of four steps, so that neighbours are half or twice.
/// </summary>
/// <remarks>The post had to limit heads to divisors of the hidden size. Here any number of heads runs, so this space is for comparison.</remarks>
internal sealed class SmallPower2Space : IntegerSpace
{
    private readonly ImmutableArray<int> _heads;

    public SmallPower2Space(BertConfig superNetwork)
        : this(superNetwork, SmallSpace.ShapeOf(superNetwork, "small-power2"))
    {
    }

    private SmallPower2Space(BertConfig superNetwork, LayerShape shape)
        : this(superNetwork, shape, [.. Enumerable.Range(0, 4).Select(halvings => shape.Heads >> halvings).Where(heads => heads > 0).Distinct().Order()])
    {
    }

    private SmallPower2Space(BertConfig superNetwork, LayerShape shape, ImmutableArray<int> heads)
        : base(superNetwork, [new("layers", 0, superNetwork.LayerCount), new("heads step", 0, heads.Length - 1), new("units", 1, shape.Units)])
    {
        _heads = heads;
    }

    public override string Name => "small-power2";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchSpaces.Add("small-power2", superNetwork => new SmallPower2Space(superNetwork));

    protected override SubNetwork At(ImmutableArray<int> values) => SubNetwork.Small(SuperNetwork, values[0], _heads[values[1]], values[2]);
}
