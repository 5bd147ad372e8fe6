using System.Collections.Concurrent;
using Endpoints.Bert;
using Endpoints.Bert.Cascades;
using Endpoints.Serving.Catalog;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Batching;

/// <summary>One of the engine's lanes: a dedicated thread that computes one batch at a time, of whichever queue is next.</summary>
internal sealed class Lane(int index, EndpointCatalog catalog, FairShares shares, IdleLanes idle, LaneClock clock, TimeProvider time, ILogger logger)
{
    private readonly Batch _batch = new();
    private readonly ConcurrentQueue<LaneWarmUp> _warmUps = [];
    private Thread? _thread;
    private volatile bool _stopping;

    /// <summary>Starts the thread: it warms every queue up, reports, and serves until stopped.</summary>
    public void Start(Action<Exception?> warmedUp)
    {
        _thread = new Thread(() => Run(warmedUp)) { IsBackground = true, Name = $"lane {index}" };
        _thread.UnsafeStart();
    }

    /// <summary>Has the thread warm a queue up between its batches. The caller wakes it.</summary>
    public void Post(LaneWarmUp warmUp) => _warmUps.Enqueue(warmUp);

    /// <summary>Asks the thread to end after its present batch. The caller wakes it.</summary>
    public void Stop() => _stopping = true;

    /// <summary>Waits for the thread's end.</summary>
    /// <returns>False when it did not end in time.</returns>
    public bool Join(TimeSpan timeout) => _thread is null || _thread.Join(timeout);

    private void Run(Action<Exception?> warmedUp)
    {
        try
        {
            foreach (NetworkQueue queue in catalog.Scheduled)
            {
                var warmUp = new WarmUp(queue, index, time);
                while (!_stopping && warmUp.TryRunNext())
                {
                }
            }
        }
        catch (Exception exception)
        {
            warmedUp(exception);
            return;
        }

        if (!_stopping)
        {
            warmedUp(null);
        }

        while (!_stopping)
        {
            bool isWarming = TryWarmUp();
            if ((isWarming ? shares.FormNext(_batch) : WaitForBatch()) is { } queue)
            {
                Compute(queue);
                _batch.Clear();
                queue.Leave();
            }
        }

        while (_warmUps.TryDequeue(out LaneWarmUp? warmUp))
        {
            warmUp.Cancel();
        }
    }

    // Runs one batch of the first warm-up that is due. False: there is none.
    private bool TryWarmUp()
    {
        if (!_warmUps.TryPeek(out LaneWarmUp? warmUp))
        {
            return false;
        }

        if (!warmUp.TryRunNext(index))
        {
            _warmUps.TryDequeue(out _);
        }

        return true;
    }

    private NetworkQueue? WaitForBatch()
    {
        if (shares.FormNext(_batch) is { } ready)
        {
            return ready;
        }

        idle.Announce(index);
        NetworkQueue? queue = shares.FormNext(_batch);
        if (queue is null && !_stopping && _warmUps.IsEmpty)
        {
            idle.Sleep(index);
        }
        else
        {
            idle.Withdraw(index);
        }

        return queue;
    }

    private void Compute(NetworkQueue queue)
    {
        IClassifier classifier = queue.Classifiers[index];
        int labels = classifier.LabelCount;
        Span<float> logits = _batch.Logits(labels);
        double predicted = queue.Cost.Seconds(_batch.Work);
        long start = time.GetTimestamp();
        clock.Start(index, TimeSpan.FromSeconds(predicted));
        bool isComputed = TryClassify(queue, classifier, logits, start);

        // Room is made before answers go out, so that a client's next request finds it.
        long end = time.GetTimestamp();
        clock.Stop(index);
        shares.Settle(queue, predicted, time.GetElapsedTime(start, end).TotalSeconds);
        _batch.LeaveLoad();
        if (isComputed)
        {
            _batch.Finish(logits, labels, end);
        }
        else
        {
            _batch.Fail(queue.Batcher);
        }
    }

    private bool TryClassify(NetworkQueue queue, IClassifier classifier, Span<float> logits, long start)
    {
        int tokens = _batch.Tokens.TokenCount;
        TimeSpan charged = TimeSpan.Zero;
        try
        {
            if (classifier is CascadeClassifier cascade)
            {
                charged = ClassifyInSteps(cascade, logits, start);
            }
            else
            {
                classifier.Classify(_batch.Tokens, logits);
            }
        }
        catch (Exception exception)
        {
            Log.BatchFailed(logger, exception, queue.Terms.Names, _batch.Count, tokens);
            return false;
        }

        TimeSpan elapsed = time.GetElapsedTime(start);
        queue.Cost.Observe(_batch.Work, elapsed);
        _batch.Charge(elapsed - charged);
        _batch.Record(elapsed);
        Log.BatchComputed(logger, queue.Terms.Names, _batch.Count, tokens, elapsed.TotalMilliseconds);
        return true;
    }

    /// <summary>Rows that the small network is sure of are answered before the large one begins.</summary>
    /// <returns>The time of the small one, which is charged to every row alike.</returns>
    private TimeSpan ClassifyInSteps(CascadeClassifier cascade, Span<float> logits, long start)
    {
        cascade.ClassifyAll(_batch.Tokens, logits);
        if (cascade.Unsure.IsEmpty)
        {
            return TimeSpan.Zero;
        }

        long now = time.GetTimestamp();
        TimeSpan elapsed = time.GetElapsedTime(start, now);
        _batch.Charge(elapsed);
        _batch.Escalate(cascade.Unsure, logits, cascade.LabelCount, now);
        cascade.ClassifyUnsure(logits);
        return elapsed;
    }
}
