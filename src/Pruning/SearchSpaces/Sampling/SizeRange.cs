using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.SearchSpaces.Sampling;

/// <summary>The parameter counts of a space's sub-networks, from its smallest point's to its largest one's.</summary>
internal sealed class SizeRange
{
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

    /// <summary>Which of so many equal bins a point's parameter count falls into.</summary>
    public int BinOf(SearchPoint point, int bins) => Math.Min((int)(PositionOf(point) * bins), bins - 1);

    /// <summary>
    /// Draws a point whose size may be any: a level p is drawn first, then every dimension around it (u^((1 - p) / p) of its range for a uniform u, whose
    /// mean is p; a bit is set with chance p). Dimensions drawn independently would, many together, almost always come to half the size.
    /// </summary>
    public SearchPoint DrawOfAnySize(Random random)
    {
        double level = random.NextDouble();
        double exponent = level == 0 ? double.PositiveInfinity : (1 - level) / level;
        var values = new int[_space.Dimensions.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (_, int minimum, int maximum) = _space.Dimensions[i];
            values[i] = maximum - minimum == 1
                ? random.NextDouble() < level ? maximum : minimum
                : minimum + (int)((maximum - minimum + 1) * Math.Pow(random.NextDouble(), exponent));
        }

        return new SearchPoint([.. values]);
    }

    private long ParametersOf(SearchPoint point) => ParameterCount.Sliced(_space.SuperNetwork, _space.SubNetworkAt(point));
}
