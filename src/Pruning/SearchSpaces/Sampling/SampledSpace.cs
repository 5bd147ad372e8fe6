using System.Collections.Immutable;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.SearchSpaces.Sampling;

/// <summary>A search space that draws its points by another rule; all else is the space's own.</summary>
internal abstract class SampledSpace(ISearchSpace space) : ISearchSpace
{
    public string Name => space.Name;

    public BertConfig SuperNetwork => space.SuperNetwork;

    public ImmutableArray<Dimension> Dimensions => space.Dimensions;

    public SearchPoint Smallest => space.Smallest;

    public SearchPoint Largest => space.Largest;

    public SearchPoint Midpoint => space.Midpoint;

    public abstract SearchPoint Sample(Random random);

    public SearchPoint Neighbour(SearchPoint point, Random random) => space.Neighbour(point, random);

    public SubNetwork SubNetworkAt(SearchPoint point) => space.SubNetworkAt(point);
}
