using System.Runtime.CompilerServices;
using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>
/// NSGA-II (Deb et al. 2002): generations of 10. Parents are the best 10 of all before, by rank and then by crowding distance; each child comes of two of them, both
/// winners of a tournament of two, by <see cref="Variation"/>.
/// </summary>
/// <remarks>
/// The first generation holds the initial design. Bounds are inclusive: a published implementation can never choose the full size. A trial belongs to the generation that its
/// number falls into, so workers may finish them in any order.
/// </remarks>
internal sealed class GeneticSearch(SearchContext context) : SequentialSearch(context)
{
    private const int PopulationSize = 10;

    public override string Name => "nsga2";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchMethods.Add("nsga2", context => new GeneticSearch(context));

    protected override IEnumerable<SearchPoint> Proposals(int index, Random random)
    {
        Trial[] parents = [];
        for (int generation = 0; generation < index / PopulationSize; generation++)
        {
            parents = Survivors([.. parents, .. Finished.Where(trial => trial.Id / PopulationSize == generation)]);
        }

        return parents.Length < 2 ? RandomPoints(random) : Children(parents, random);
    }

    private static (int[] Ranks, double[] Crowding) Fitness(Trial[] trials)
    {
        double[][] values = [.. trials.Select(trial => trial.Values)];
        int[] ranks = ParetoFront.Ranks(values);
        double[] crowding = new double[trials.Length];
        foreach (int rank in ranks.Distinct())
        {
            int[] front = [.. Enumerable.Range(0, trials.Length).Where(i => ranks[i] == rank)];
            double[] distances = Crowding.Distances([.. front.Select(i => values[i])]);
            for (int i = 0; i < front.Length; i++)
            {
                crowding[front[i]] = distances[i];
            }
        }

        return (ranks, crowding);
    }

    private static Trial[] Survivors(Trial[] trials)
    {
        (int[] ranks, double[] crowding) = Fitness(trials);
        return [.. Enumerable.Range(0, trials.Length).OrderBy(i => ranks[i]).ThenByDescending(i => crowding[i]).Take(PopulationSize).Select(i => trials[i])];
    }

    private IEnumerable<SearchPoint> Children(Trial[] parents, Random random)
    {
        (int[] ranks, double[] crowding) = Fitness(parents);
        while (true)
        {
            (int[] first, int[] second) = Variation.Cross(Space.Dimensions, Tournament(), Tournament(), random);
            yield return Variation.Mutate(Space.Dimensions, first, random);
            yield return Variation.Mutate(Space.Dimensions, second, random);
        }

        SearchPoint Tournament()
        {
            int a = random.Next(parents.Length);
            int b = random.Next(parents.Length);
            bool second = ranks[b] < ranks[a] || (ranks[b] == ranks[a] && crowding[b] > crowding[a]);
            return parents[second ? b : a].Point;
        }
    }
}
