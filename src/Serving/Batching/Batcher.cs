using System.Threading.Channels;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Batching;

/// <summary>
/// An endpoint's bounded queue and the rule that forms batches from it: first come, first served, whatever waits, up to the token and row
/// limits, without a timer.
/// </summary>
/// <remarks>
/// Request threads write to the channel; a lane that looks for work empties it into the waiting list and takes rows from there, under the lock.
/// A row that does not fit ends the batch and is first in the next one. Requests that ended meanwhile are dropped when they are met.
/// Live requests never exceed the channel's capacity, for admission counts their rows; only abandoned ones can fill it.
/// </remarks>
internal sealed class Batcher(EndpointOptions options, EndpointLoad load, TimeProvider time)
{
    private readonly Channel<PendingRequest> _channel = Channel.CreateBounded<PendingRequest>(
        new BoundedChannelOptions(options.MaxConcurrency) { AllowSynchronousContinuations = false });

    private readonly Lock _lock = new();
    private readonly Queue<PendingRequest> _waiting = new();

    public void Enqueue(PendingRequest request)
    {
        while (!_channel.Writer.TryWrite(request))
        {
            lock (_lock)
            {
                DropAbandoned();
                Collect();
            }
        }
    }

    /// <summary>Fills an empty batch with what waits.</summary>
    /// <returns>False when nothing waits.</returns>
    public bool TryForm(Batch batch)
    {
        if (load.QueuedRows == 0)
        {
            return false;
        }

        long now = time.GetTimestamp();
        lock (_lock)
        {
            Collect();
            while (_waiting.TryPeek(out PendingRequest? request) && request.TakeRows(batch, options.MaxBatchTokens, options.MaxBatchRows, now))
            {
                _waiting.Dequeue();
            }

            load.Start(batch.Count, batch.Tokens.TokenCount);
        }

        return batch.Count > 0;
    }

    /// <summary>Ends a request early. Rows that no lane has taken leave the queue now; rows on a lane are computed for nothing.</summary>
    public void Abandon(PendingRequest request, Completion completion)
    {
        lock (_lock)
        {
            if (request.TryEnd(completion))
            {
                (int rows, long tokens) = request.DropRows();
                load.Abandon(rows, tokens);
            }
        }
    }

    /// <summary>Ends every request that waits.</summary>
    public void AbandonAll(Completion completion)
    {
        PendingRequest[] waiting;
        lock (_lock)
        {
            Collect();
            waiting = [.. _waiting];
        }

        foreach (PendingRequest request in waiting)
        {
            Abandon(request, completion);
        }
    }

    private void Collect()
    {
        while (_channel.Reader.TryRead(out PendingRequest? request))
        {
            if (!request.IsAbandoned)
            {
                _waiting.Enqueue(request);
            }
        }
    }

    private void DropAbandoned()
    {
        for (int i = _waiting.Count; i > 0; i--)
        {
            PendingRequest request = _waiting.Dequeue();
            if (!request.IsAbandoned)
            {
                _waiting.Enqueue(request);
            }
        }
    }
}
