using System.Collections.Immutable;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>One integer of a point.</summary>
/// <param name="Name">For example <c>layers</c>.</param>
/// <param name="Minimum">Smallest value, inclusive.</param>
/// <param name="Maximum">Largest value, inclusive.</param>
public readonly record struct Dimension(string Name, int Minimum, int Maximum);

/// <summary>The set of sub-networks that a search may choose, as points with integer coordinates (section 3.1 of the paper). Immutable.</summary>
public interface ISearchSpace
{
    /// <summary>The name that users choose it by, for example <c>small</c>.</summary>
    string Name { get; }

    /// <summary>The shape of the super-network that it is a space of.</summary>
    BertConfig SuperNetwork { get; }

    /// <summary>Name and bounds of every coordinate.</summary>
    ImmutableArray<Dimension> Dimensions { get; }

    /// <summary>The point that keeps least; part of the initial design and of the sandwich rule.</summary>
    SearchPoint Smallest { get; }

    /// <summary>The point that keeps the whole super-network.</summary>
    SearchPoint Largest { get; }

    /// <summary>A point half-way, for the initial design.</summary>
    SearchPoint Midpoint { get; }

    /// <summary>Draws a point by the space's own rule.</summary>
    SearchPoint Sample(Random random);

    /// <summary>A point that differs from this one in exactly one coordinate.</summary>
    SearchPoint Neighbour(SearchPoint point, Random random);

    /// <summary>The sub-network at a point. Several points may give the same one.</summary>
    /// <exception cref="ArgumentException">The point is not of this space.</exception>
    SubNetwork SubNetworkAt(SearchPoint point);
}
