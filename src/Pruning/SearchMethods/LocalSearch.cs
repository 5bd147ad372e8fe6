using System.Runtime.CompilerServices;
using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>
/// Multi-objective local search (the paper's algorithm 5): after the initial design and one random start, a random neighbour of a random member of
/// the Pareto front found so far. Where the paper's may evaluate a sub-network again, this one draws again.
/// </summary>
internal sealed class LocalSearch(SearchContext context) : SequentialSearch(context)
{
    private Trial[] _front = [];

    public override string Name => "local";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchMethods.Add("local", context => new LocalSearch(context));

    public override void Tell(Trial trial)
    {
        base.Tell(trial);
        _front = [.. ParetoFront.Distinct([.. Finished.Select(finished => finished.Values)]).Select(index => Finished[index])];
    }

    protected override SearchPoint Propose(int index, Random random) => index == DesignCount || _front.Length == 0
        ? Space.Sample(random)
        : Space.Neighbour(_front[random.Next(_front.Length)].Point, random);
}
