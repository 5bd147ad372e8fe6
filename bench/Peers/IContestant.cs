using Endpoints.Bert;
using Endpoints.Compute;

namespace Endpoints.Bench.Peers;

/// <summary>An engine in one precision with one model, ready to run workloads.</summary>
internal interface IContestant : IDisposable
{
    string Engine { get; }

    Precision Precision { get; }

    /// <summary>Bytes that one pass allocated, where that can be known.</summary>
    long? Allocated { get; }

    /// <summary>Runs all batches some times; the seconds of each pass.</summary>
    double[] Run(Workload workload, int passes, out double[][] logits);
}

/// <summary>Our engine.</summary>
internal sealed class OurContestant : IContestant
{
    public const string Name = "Endpoints";

    private readonly IClassifier _classifier;
    private Workload? _workload;
    private TokenBatch[] _batches = [];
    private float[] _logits = [];

    public OurContestant(CpuEngine engine, PeerModel model, Precision precision)
    {
        Precision = precision;
        _classifier = engine.Load(model.SuperNetwork, precision).CreateClassifier(model.SubNetwork, lane: 0);
    }

    public string Engine => Name;

    public Precision Precision { get; }

    public long? Allocated { get; private set; }

    public double[] Run(Workload workload, int passes, out double[][] logits)
    {
        Prepare(workload);
        int labels = _classifier.LabelCount;
        var seconds = new double[passes];
        for (int pass = 0; pass < passes; pass++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            int row = 0;
            foreach (TokenBatch batch in _batches)
            {
                _classifier.Classify(batch, _logits.AsSpan(row * labels, batch.Count * labels));
                row += batch.Count;
            }

            seconds[pass] = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
            Allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        logits = [.. _logits.Chunk(labels).Select(row => (double[])[.. row.Select(value => (double)value)])];
        return seconds;
    }

    public void Dispose()
    {
    }

    private void Prepare(Workload workload)
    {
        if (workload == _workload)
        {
            return;
        }

        _workload = workload;
        _logits = new float[workload.Sequences * _classifier.LabelCount];
        _batches = [.. workload.Batches.Select(sequences =>
        {
            var batch = new TokenBatch();
            foreach (int[] tokens in sequences)
            {
                batch.Add(tokens, new int[tokens.Length]);
            }

            return batch;
        })];
    }
}

/// <summary>A peer's process with one of its models.</summary>
internal sealed class PeerContestant(PeerProcess process, string model, Precision precision) : IContestant
{
    public string Engine => process.Name;

    public Precision Precision => precision;

    public long? Allocated => null;

    public double[] Run(Workload workload, int passes, out double[][] logits)
    {
        PeerAnswer answer = process.Ask(new PeerRequest(model, workload.Batches, passes));
        logits = answer.Logits!;
        return answer.Seconds!;
    }

    public void Dispose() => process.Ask(new PeerRequest(model, Release: true));
}
