using System.Runtime.CompilerServices;
using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>
/// Multi-objective regularised evolution (MO-REA of the paper; Real et al. 2019): the population is the latest 10 trials, the best of 5 of them drawn with replacement
/// is the parent, and its child differs in one dimension. The first 10 are the initial design and random points.
/// </summary>
/// <remarks>
/// Best is the order of <see cref="NonDominatedOrder"/>: true ranks, where the published curves come from nearly random selection. As the population is just the latest trials,
/// nothing but the trials has to be remembered.
/// </remarks>
internal sealed class EvolutionSearch(SearchContext context) : SequentialSearch(context)
{
    private const int PopulationSize = 10;
    private const int SampleSize = 5;

    public override string Name => "evolution";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchMethods.Add("evolution", context => new EvolutionSearch(context));

    protected override IEnumerable<SearchPoint> Proposals(int index, Random random) => Finished.Count < PopulationSize ? RandomPoints(random) : Children(random);

    private IEnumerable<SearchPoint> Children(Random random)
    {
        Trial[] population = [.. Finished.TakeLast(PopulationSize)];
        int[] positions = NonDominatedOrder.Positions([.. population.Select(trial => trial.Values)]);
        while (true)
        {
            int parent = Enumerable.Range(0, SampleSize).Select(_ => random.Next(PopulationSize)).MinBy(member => positions[member]);
            yield return Space.Neighbour(population[parent].Point, random);
        }
    }
}
