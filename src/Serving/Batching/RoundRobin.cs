using Endpoints.Serving.Catalog;

namespace Endpoints.Serving.Batching;

/// <summary>Which endpoint a free lane serves next: those with work take turns, a batch each, so that none starves.</summary>
internal sealed class RoundRobin(EndpointCatalog catalog)
{
    private int _last = -1;

    /// <summary>Fills an empty batch from the next endpoint that has work.</summary>
    /// <returns>That endpoint; null when none has work.</returns>
    public ServedEndpoint? FormNext(Batch batch)
    {
        // Lanes may race on _last; the worst that comes of it is a turn out of order.
        int last = Volatile.Read(ref _last);
        for (int i = 1; i <= catalog.All.Length; i++)
        {
            int index = (last + i) % catalog.All.Length;
            if (catalog.All[index].Batcher.TryForm(batch))
            {
                Volatile.Write(ref _last, index);
                return catalog.All[index];
            }
        }

        return null;
    }
}
