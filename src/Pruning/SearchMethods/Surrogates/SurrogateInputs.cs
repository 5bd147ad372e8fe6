using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.SearchMethods.Surrogates;

/// <summary>
/// Points as a model of the objectives sees them: coordinates scaled to 0..1. A space of very many (LARGE) is seen through the share of heads and of units that each layer
/// keeps, for length scales of 37,008 bits cannot be learnt from a few hundred observations.
/// </summary>
internal static class SurrogateInputs
{
    /// <summary>More dimensions than this are summed up by layer.</summary>
    public const int MostDimensions = 64;

    public static double[] Of(ISearchSpace space, SearchPoint point) => space.Dimensions.Length <= MostDimensions
        ? [.. space.Dimensions.Select((dimension, i) => (point.Values[i] - dimension.Minimum) / (double)Math.Max(1, dimension.Maximum - dimension.Minimum))]
        : [.. space.SubNetworkAt(point).Layers.SelectMany(layer => new[] { ShareOf(layer.Heads), ShareOf(layer.Units) })];

    private static double ShareOf(Kept kept) => kept.Count / (double)Math.Max(1, kept.Total);
}
