using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Compute;

namespace Endpoints.Serving.Catalog;

/// <summary>Loads a checkpoint once for each precision that it is served in, however many endpoints are cut from it.</summary>
internal sealed class LoadedNetworks(IEngine engine)
{
    private readonly Dictionary<(BertParameters Weights, Precision Precision), ISuperNetwork> _networks = [];

    public ISuperNetwork Get(Checkpoint checkpoint, Precision precision)
    {
        var key = (checkpoint.Parameters, precision);
        if (!_networks.TryGetValue(key, out ISuperNetwork? network))
        {
            _networks[key] = network = engine.Load(checkpoint, precision);
        }

        return network;
    }
}
