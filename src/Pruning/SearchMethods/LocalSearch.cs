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
    public override string Name => "local";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchMethods.Add("local", context => new LocalSearch(context));

    protected override IEnumerable<SearchPoint> Proposals(int index, Random random)
    {
        int[] front = ParetoFront.Distinct([.. Finished.Select(trial => trial.Values)]);
        return index == DesignCount || front.Length == 0 ? RandomPoints(random) : Neighbours();

        IEnumerable<SearchPoint> Neighbours()
        {
            while (true)
            {
                yield return Space.Neighbour(Finished[front[random.Next(front.Length)]].Point, random);
            }
        }
    }
}
