using System.Runtime.CompilerServices;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.SearchSpaces.Sampling;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>
/// A grid over sizes: 21 equal bins of the parameter count, and in each a sub-network of a size near its middle; then another one of each, and so on. Cheap, and it
/// covers all sizes evenly whatever the space.
/// </summary>
/// <remarks>Bins are taken 8 apart, so that a search which stops early has covered the range as well.</remarks>
internal sealed class GridSearch(SearchContext context) : SequentialSearch(context)
{
    private const int Bins = 21;
    private const int Stride = 8;
    private const int Draws = 100;
    private const double Tolerance = 0.1 / Bins;
    private readonly SizeRange _sizes = new(context.Space);

    public override string Name => "grid";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchMethods.Add("grid", context => new GridSearch(context));

    protected override IEnumerable<SearchPoint> Proposals(int index, Random random)
    {
        int bin = (index - DesignCount) * Stride % Bins;
        double middle = (bin + 0.5) / Bins;

        // The first that is near enough, and else the nearest.
        var drawn = new List<(SearchPoint Point, double Distance)>();
        for (int draw = 0; draw < Draws; draw++)
        {
            (SearchPoint point, bool isNear) = _sizes.DrawAt(middle, position => Math.Abs(position - middle) <= Tolerance, random);
            if (isNear)
            {
                yield return point;
            }

            drawn.Add((point, Math.Abs(_sizes.PositionOf(point) - middle)));
        }

        foreach ((SearchPoint point, _) in drawn.OrderBy(candidate => candidate.Distance))
        {
            yield return point;
        }
    }
}
