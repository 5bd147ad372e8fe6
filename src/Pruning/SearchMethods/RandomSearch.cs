using System.Runtime.CompilerServices;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>Random search: after the initial design, points drawn by the space's own rule, no sub-network twice.</summary>
internal sealed class RandomSearch(SearchContext context) : SequentialSearch(context)
{
    public override string Name => "random";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchMethods.Add("random", context => new RandomSearch(context));

    protected override IEnumerable<SearchPoint> Proposals(int index, Random random) => RandomPoints(random);
}
