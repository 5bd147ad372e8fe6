using System.Collections.Immutable;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>What spaces have in common: a box of integers, drawn uniformly and independently in every dimension unless a space overrides it.</summary>
internal abstract class IntegerSpace(BertConfig superNetwork, ImmutableArray<Dimension> dimensions) : ISearchSpace
{
    private readonly ImmutableArray<int> _free = [.. Enumerable.Range(0, dimensions.Length).Where(i => dimensions[i].Minimum < dimensions[i].Maximum)];

    public abstract string Name { get; }

    public BertConfig SuperNetwork { get; } = superNetwork;

    public ImmutableArray<Dimension> Dimensions { get; } = dimensions;

    public virtual SearchPoint Smallest => new([.. Dimensions.Select(dimension => dimension.Minimum)]);

    public virtual SearchPoint Largest => new([.. Dimensions.Select(dimension => dimension.Maximum)]);

    /// <summary>Half of (maximum - minimum), rounded down, as the published baselines have it: layers 6, heads 5 and units 1535 in BERT-base.</summary>
    public virtual SearchPoint Midpoint =>
        new([.. Dimensions.Select(dimension => Math.Max(dimension.Minimum, (dimension.Maximum - dimension.Minimum) / 2))]);

    public virtual SearchPoint Sample(Random random) =>
        new([.. Dimensions.Select(dimension => random.Next(dimension.Minimum, dimension.Maximum + 1))]);

    public SearchPoint Neighbour(SearchPoint point, Random random)
    {
        Check(point);
        if (_free.IsEmpty)
        {
            throw new InvalidOperationException($"The search space {Name} has a single point, which has no neighbour.");
        }

        int chosen = _free[random.Next(_free.Length)];
        Dimension dimension = Dimensions[chosen];

        // Uniform over the other values: what drawing again until the value differs would give, without the loop.
        int value = random.Next(dimension.Minimum, dimension.Maximum);
        return point.With(chosen, value < point.Values[chosen] ? value : value + 1);
    }

    public SubNetwork SubNetworkAt(SearchPoint point)
    {
        Check(point);
        return At(point.Values);
    }

    /// <summary>The sub-network at a point that is known to be of this space.</summary>
    protected abstract SubNetwork At(ImmutableArray<int> values);

    private void Check(SearchPoint point)
    {
        if (point.Values.Length != Dimensions.Length)
        {
            throw new ArgumentException($"A point of the search space {Name} has {Dimensions.Length} coordinates, {point} has {point.Values.Length}.");
        }

        for (int i = 0; i < Dimensions.Length; i++)
        {
            if (point.Values[i] < Dimensions[i].Minimum || point.Values[i] > Dimensions[i].Maximum)
            {
                throw new ArgumentException(
                    $"{point} is outside the search space {Name}: {Dimensions[i].Name} goes from {Dimensions[i].Minimum} to {Dimensions[i].Maximum}.");
            }
        }
    }
}
