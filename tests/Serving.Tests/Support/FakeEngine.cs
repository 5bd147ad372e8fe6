using System.Collections.Concurrent;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Serving.Tests.Support;

/// <summary>A batch that a fake classifier was given; layers are those of its network.</summary>
internal sealed record SeenBatch(string SubNetwork, int Lane, int[] RowLengths, int[] FirstWords, int Layers)
{
    public int Tokens => RowLengths.Sum();
}

/// <summary>An engine whose classifiers do what a test says: wait to be released, throw, return chosen logits, let a manual clock pass.</summary>
internal sealed class FakeEngine(int laneCount = 1) : IEngine
{
    private readonly SemaphoreSlim _started = new(0);
    private readonly SemaphoreSlim _permits = new(0);
    private volatile bool _held;
    private int _released;

    /// <summary>Logits by row index in the batch and label.</summary>
    public Func<int, int, float> Logit { get; set; } = (_, label) => label == 0 ? 2 : 0;

    /// <summary>Logits by batch, row in it and label; null: those of <see cref="Logit"/>.</summary>
    public Func<SeenBatch, int, int, float>? LogitOf { get; set; }

    /// <summary>Runs inside every batch, before its logits are written.</summary>
    public Action<TokenBatch> OnBatch { get; set; } = _ => { };

    /// <summary>Runs before each layer of a batch that may be given up; null: such batches are run in one piece.</summary>
    public Action? BeforeLayer { get; set; }

    public ConcurrentQueue<SeenBatch> Batches { get; } = [];

    public string Description => $"fake, {laneCount} lanes";

    public int LaneCount => laneCount;

    public bool IsDisposed { get; private set; }

    /// <summary>What was loaded, in order.</summary>
    public List<(Checkpoint Checkpoint, Precision Precision)> Loaded { get; } = [];

    /// <summary>Every network that was loaded, as long as somebody holds it.</summary>
    public List<WeakReference> Networks { get; } = [];

    /// <summary>Number of networks that were freed.</summary>
    public int Released => Volatile.Read(ref _released);

    public ISuperNetwork Load(Checkpoint checkpoint, Precision precision = Precision.Float32)
    {
        Loaded.Add((checkpoint, precision));
        var network = new Network(this, checkpoint.Config, precision);
        Networks.Add(new WeakReference(network));
        return network;
    }

    public void Dispose() => IsDisposed = true;

    /// <summary>From now on every batch waits until it is released. Forgets the batches seen so far.</summary>
    public void Hold()
    {
        Batches.Clear();
        while (_started.Wait(0))
        {
        }

        _held = true;
    }

    /// <summary>Waits until the next batch has started.</summary>
    public async Task BatchStarted() => Assert.True(await _started.WaitAsync(TestHost.Patience), "No batch started.");

    /// <summary>Lets one batch finish.</summary>
    public void ReleaseOne() => _permits.Release();

    /// <summary>Lets this and every later batch finish.</summary>
    public void Release()
    {
        _held = false;
        _permits.Release(1000);
    }

    private sealed class Network(FakeEngine engine, BertConfig config, Precision precision) : ISuperNetwork
    {
        public BertConfig Config => config;

        public Precision Precision => precision;

        public long ResidentBytes => 0;

        public bool IsReleased { get; private set; }

        public IClassifier CreateClassifier(SubNetwork subNetwork, int lane) => new Classifier(engine, this, config, subNetwork.ToString(), lane);

        public void Release()
        {
            IsReleased = true;
            Interlocked.Increment(ref engine._released);
        }
    }

    private sealed class Classifier(FakeEngine engine, Network network, BertConfig config, string subNetwork, int lane) : IClassifier
    {
        public int LabelCount => config.LabelCount;

        public int MaxSequenceLength => config.MaxPositions;

        public bool TryClassify(TokenBatch batch, Span<float> logits, Func<bool> isWanted)
        {
            for (int layer = 0; engine.BeforeLayer is { } beforeLayer && layer < config.LayerCount; layer++)
            {
                beforeLayer();
                if (!isWanted())
                {
                    return false;
                }
            }

            Classify(batch, logits);
            return true;
        }

        public void Classify(TokenBatch batch, Span<float> logits)
        {
            int[] lengths = [.. Enumerable.Range(0, batch.Count).Select(i => batch.Offsets[i + 1] - batch.Offsets[i])];
            int[] firstWords = [.. Enumerable.Range(0, batch.Count).Select(i => batch.Tokens[Math.Min(batch.Offsets[i] + 1, batch.Offsets[i + 1] - 1)])];
            var seen = new SeenBatch(subNetwork, lane, lengths, firstWords, config.LayerCount);
            engine.Batches.Enqueue(seen);
            engine._started.Release();
            if (engine._held && !engine._permits.Wait(TestHost.Patience))
            {
                throw new TimeoutException("The test never released this batch.");
            }

            engine.OnBatch(batch);
            Assert.False(network.IsReleased, "A batch runs on a network that was freed.");
            for (int row = 0; row < batch.Count; row++)
            {
                for (int label = 0; label < LabelCount; label++)
                {
                    logits[(row * LabelCount) + label] = engine.LogitOf?.Invoke(seen, row, label) ?? engine.Logit(row, label);
                }
            }
        }
    }
}
