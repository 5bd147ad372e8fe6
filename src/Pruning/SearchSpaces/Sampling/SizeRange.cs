using System.Collections.Immutable;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.SearchSpaces.Sampling;

/// <summary>The parameter counts of a space's sub-networks, from its smallest point's to its largest one's.</summary>
internal sealed class SizeRange
{
    private const int Bisections = 24;
    private readonly ISearchSpace _space;
    private readonly long _smallest;
    private readonly long _largest;

    public SizeRange(ISearchSpace space)
    {
        _space = space;
        _smallest = ParametersOf(space.Smallest);
        _largest = ParametersOf(space.Largest);
    }

    /// <summary>Where a point's parameter count lies: 0 for the smallest, 1 for the largest.</summary>
    public double PositionOf(SearchPoint point) => _largest == _smallest ? 0 : (ParametersOf(point) - _smallest) / (double)(_largest - _smallest);

    /// <summary>
    /// Draws a point whose size is about that of a position: a uniform u for each dimension, and then the level p at which the point that they make is nearest. A dimension takes
    /// u^((1 - p) / p) of its range, a bit is set where u &lt; p: both grow with p, so the level is found by bisection. Dimensions drawn independently would, many together,
    /// almost always come to half the size.
    /// </summary>
    /// <param name="isNear">True for a position that is good enough.</param>
    /// <param name="position">Where to search.</param>
    /// <param name="random">Draws the u.</param>
    /// <returns>The first point that is good enough, or the nearest where the space jumps over such sizes.</returns>
    public (SearchPoint Point, bool IsNear) DrawAt(double position, Func<double, bool> isNear, Random random)
    {
        double[] draws = [.. _space.Dimensions.Select(_ => random.NextDouble())];
        (SearchPoint Point, double Distance) nearest = (_space.Smallest, double.PositiveInfinity);
        double low = 0;
        double high = 1;
        for (int step = 0; step < Bisections; step++)
        {
            double level = (low + high) / 2;
            SearchPoint point = PointAt(level, draws);
            double found = PositionOf(point);
            if (isNear(found))
            {
                return (point, true);
            }

            if (Math.Abs(found - position) < nearest.Distance)
            {
                nearest = (point, Math.Abs(found - position));
            }

            (low, high) = found < position ? (level, high) : (low, level);
        }

        return (nearest.Point, false);
    }

    private SearchPoint PointAt(double level, double[] draws)
    {
        double exponent = (1 - level) / level;
        int[] values = new int[draws.Length];
        ReadOnlySpan<Dimension> dimensions = _space.Dimensions.AsSpan();
        for (int i = 0; i < values.Length; i++)
        {
            int minimum = dimensions[i].Minimum;
            int range = dimensions[i].Maximum - minimum;
            values[i] = minimum + (range == 1 ? (draws[i] < level ? 1 : 0) : (int)((range + 1) * Math.Pow(draws[i], exponent)));
        }

        return new SearchPoint(ImmutableArray.Create(values));
    }

    private long ParametersOf(SearchPoint point) => ParameterCount.Sliced(_space.SuperNetwork, _space.SubNetworkAt(point));
}
