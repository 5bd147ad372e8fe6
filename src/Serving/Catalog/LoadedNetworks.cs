using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Compute;
using Endpoints.Serving.Lifetime;

namespace Endpoints.Serving.Catalog;

/// <summary>
/// Loads a checkpoint once for each precision that it is served in, however many endpoints are cut from it, and frees it when the last of them is gone.
/// </summary>
internal sealed class LoadedNetworks(IEngine engine)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(CheckpointWeights Weights, Precision Precision), Loaded> _networks = [];

    /// <summary>The network, loaded if it was not; the caller gives it back with <see cref="Release"/>.</summary>
    public ISuperNetwork Acquire(Checkpoint checkpoint, Precision precision)
    {
        lock (_lock)
        {
            var key = (checkpoint.Weights, precision);
            if (!_networks.TryGetValue(key, out Loaded? loaded))
            {
                _networks[key] = loaded = new Loaded(engine.Load(checkpoint, precision));

                // The engine has its own copy: what was read is more than half of the memory that serving would take.
                checkpoint.Weights.LetGo();
                FreedMemory.GiveBack();
            }

            loaded.Users++;
            return loaded.Network;
        }
    }

    /// <summary>Gives a network back. Whoever acquired it runs none of its classifiers any more.</summary>
    public void Release(ISuperNetwork network)
    {
        lock (_lock)
        {
            var entry = _networks.Single(entry => entry.Value.Network == network);
            if (--entry.Value.Users == 0)
            {
                _networks.Remove(entry.Key);
                network.Release();
            }
        }
    }

    private sealed class Loaded(ISuperNetwork network)
    {
        public ISuperNetwork Network => network;

        public int Users { get; set; }
    }
}
