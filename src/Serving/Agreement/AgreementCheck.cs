using Endpoints.Bert;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Invoke;
using Endpoints.Serving.Lifetime;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Agreement;

/// <summary>
/// Tells how far pruned endpoints agree with the network that they were cut from, on the traffic that they have: a sample of what one has answered (1) waits
/// until every lane is idle (2), and is answered by the whole network too, a row at a time (3).
/// </summary>
/// <remarks>
/// It is nobody's request: no queue, no deadline, no key is charged, and while the server drains nothing is run. A request that comes while a row is computed
/// waits for the layer that the row is in, at most: the row is then given up, and its turn comes again behind the others.
/// </remarks>
internal sealed class AgreementCheck(
    IEngine engine, EndpointCatalog catalog, LaneClock clock, ServingState state, AgreementMetrics metrics, TimeProvider time, ILogger<AgreementCheck> logger)
{
    /// <summary>Rows that wait at most: below 2 MB of tokens.</summary>
    public const int Capacity = 256;

    private readonly AgreementBacklog _backlog = new(Capacity);
    private readonly TokenBatch[] _batches = [.. Enumerable.Range(0, engine.LaneCount).Select(_ => new TokenBatch())];

    /// <summary>True when an idle lane has something to do here.</summary>
    public bool IsWaiting => !_backlog.IsEmpty && !state.IsDraining;

    /// <summary>Makes an endpoint's series exist. Once an exporter listens.</summary>
    public void Show(ServedEndpoint endpoint)
    {
        if (AgreementSampling.ReferenceOf(endpoint, catalog.All) is { } reference)
        {
            metrics.ShowZeros(endpoint, reference);
        }
    }

    /// <summary>How far an endpoint agrees; null where there is nobody to compare it with.</summary>
    public AgreementDescription? Describe(ServedEndpoint endpoint) =>
        AgreementSampling.ReferenceOf(endpoint, catalog.All) is { } reference ? endpoint.Agreement.Describe(reference.Name) : null;

    /// <summary>Offers an answered request.</summary>
    /// <returns>True when it is in the sample: an idle lane should be woken.</returns>
    public bool Offer(ServedEndpoint endpoint, PendingRequest request)
    {
        // :: 1
        if (endpoint.Options.AgreementShare <= 0 || state.IsDraining || !AgreementSampling.Includes(endpoint.NextAnswer(), endpoint.Options.AgreementShare)
            || AgreementSampling.ReferenceOf(endpoint, catalog.All) is not { } reference)
        {
            return false;
        }

        for (int i = 0; i < request.RowCount; i++)
        {
            if (request.RowAt(i).Ids.Length <= reference.MaxLength)
            {
                var scores = new float[endpoint.LabelCount];
                Scores.Softmax(request.LogitsOf(i), scores, endpoint.TemperatureOf(request, i));
                Keep(new SampledRow(endpoint, reference, request.RowAt(i), scores));
            }
        }

        return true;
    }

    /// <summary>Has a lane, on its thread, ask the reference of the oldest row.</summary>
    public void RunOne(int lane)
    {
        // :: 2
        if (state.IsDraining || _backlog.Take() is not { } row)
        {
            return;
        }

        // :: 3
        NetworkQueue queue = row.Reference.Queue;
        if (!queue.TryEnter())
        {
            metrics.CountDropped(row.Endpoint);
            return;
        }

        try
        {
            var logits = new float[row.Scores.Length];
            if (TryClassify(row, queue, lane, logits))
            {
                Compare(row, logits);
            }
            else
            {
                // Dropped, long rows would be missing more often than short ones.
                Keep(row);
            }
        }
        catch (Exception exception)
        {
            Log.NotCompared(logger, exception, row.Endpoint.Name, row.Reference.Name);
            metrics.CountDropped(row.Endpoint);
        }
        finally
        {
            clock.Stop(lane);
            queue.Leave();
        }
    }

    private void Keep(SampledRow row)
    {
        if (_backlog.Add(row) is { } dropped)
        {
            metrics.CountDropped(dropped.Endpoint);
        }
    }

    private bool TryClassify(SampledRow row, NetworkQueue queue, int lane, float[] logits)
    {
        var work = Work.OfRow(row.Tokens.Ids.Length);
        TokenBatch batch = _batches[lane];
        batch.Clear();
        batch.Add(row.Tokens);
        long start = time.GetTimestamp(), layer = start;
        clock.Start(lane, TimeSpan.FromSeconds(queue.Cost.Seconds(work)));
        if (!queue.Classifiers[lane].TryClassify(batch, logits, IsWanted))
        {
            return false;
        }

        queue.Cost.Observe(work, time.GetElapsedTime(start));
        return true;

        // A lane that can give the row up is free again after a layer; the next one takes about as long as the last one did.
        bool IsWanted()
        {
            if (state.IsDraining || catalog.Scheduled.Any(other => other.Load.QueuedRows > 0))
            {
                return false;
            }

            long now = time.GetTimestamp();
            clock.Start(lane, time.GetElapsedTime(layer, now));
            layer = now;
            return true;
        }
    }

    private void Compare(SampledRow row, float[] logits)
    {
        if (!Scores.AreFinite(logits))
        {
            throw new NotFiniteNumberException("The reference computed a result that is not a finite number.");
        }

        var scores = new float[logits.Length];
        int label = Scores.Softmax(logits, scores, row.Reference.Temperature);
        bool agrees = row.Scores.AsSpan().IndexOf(row.Scores.Max()) == label;
        double drift = Math.Abs((double)row.Scores[label] - scores[label]);
        row.Endpoint.Agreement.Add(row.Reference.Name, agrees, drift);
        metrics.Count(row.Endpoint, row.Reference, agrees, drift);
    }
}
