using System.Runtime.CompilerServices;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>
/// Layer dropping (Sajjad et al.; the paper's LD): the whole network, then without its top layer, without its top two, and so on down to one layer, in this order.
/// A plan rather than a search; meant for stand-alone searches, where each of these is fine-tuned from the pretrained weights.
/// </summary>
internal sealed class LayerDropping : ISearchMethod
{
    private readonly SearchPoint[] _points;
    private int _asked;

    public LayerDropping(SearchContext context) =>
        _points = [.. Enumerable.Range(0, context.Space.SuperNetwork.LayerCount).Select(dropped => PointWithout(context.Space, dropped))];

    public string Name => "layer-dropping";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchMethods.Add("layer-dropping", context => new LayerDropping(context));

    public SearchPoint? Ask() => _asked < _points.Length ? _points[_asked++] : null;

    public void Tell(Trial trial) => Expect(trial.Id, trial.Point);

    public void Expect(int id, SearchPoint point) => _asked = Math.Max(_asked, id + 1);

    private static SearchPoint PointWithout(ISearchSpace space, int dropped)
    {
        int kept = space.SuperNetwork.LayerCount - dropped;
        var wanted = SubNetwork.Layer(space.SuperNetwork, [.. Enumerable.Range(0, space.SuperNetwork.LayerCount).Select(layer => layer < kept)]);
        int depth = space.Dimensions.ToList().FindIndex(dimension => dimension.Name == "layers");
        SearchPoint point = depth >= 0 ? space.Largest.With(depth, kept)
            : space.Dimensions.Length == space.SuperNetwork.LayerCount ? new([.. space.Dimensions.Select((dimension, i) => i < kept ? dimension.Maximum : dimension.Minimum)])
            : space.Largest;
        return space.SubNetworkAt(point).Equals(wanted) ? point : throw new ArgumentException(
            $"The search method layer-dropping needs a search space of whole layers, small or layer; {space.Name} is none.");
    }
}
