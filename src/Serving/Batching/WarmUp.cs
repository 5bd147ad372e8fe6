using Endpoints.Bert;
using Endpoints.Bert.Cascades;
using Endpoints.Serving.Admission;

namespace Endpoints.Serving.Batching;

/// <summary>
/// Runs a queue's sub-network on a lane before its first request, a batch at a time: memory is touched, code is compiled, and batches of several shapes are timed,
/// from which the <see cref="CostModel"/> is fitted.
/// </summary>
internal sealed class WarmUp
{
    private const int TypicalRowTokens = 64;
    private const int MostTimedRuns = 3;
    private static readonly TimeSpan ShapeTimeLimit = TimeSpan.FromMilliseconds(150);

    private readonly NetworkQueue _queue;
    private readonly IClassifier _classifier;
    private readonly TimeProvider _time;
    private readonly List<(int Rows, int Length)> _shapes;
    private readonly List<(Work Work, TimeSpan Elapsed)> _measured = [];
    private readonly List<TimeSpan> _runs = [];
    private readonly TokenBatch _batch = new();
    private readonly float[] _logits;
    private double _secondsPerToken;
    private int _shape;

    public WarmUp(NetworkQueue queue, int lane, TimeProvider time)
    {
        (_queue, _classifier, _time) = (queue, queue.Classifiers[lane], time);
        _shapes = Shapes(queue);
        _logits = new float[_shapes.Max(shape => shape.Rows) * _classifier.LabelCount];
    }

    /// <summary>Runs the next batch.</summary>
    /// <returns>False when nothing is left to run, and the cost model knows what was measured.</returns>
    public bool TryRunNext()
    {
        if (_shape == _shapes.Count)
        {
            _queue.Cost.Calibrate(_measured);
            return false;
        }

        if (_batch.Count == 0)
        {
            Fill(_shapes[_shape]);
        }

        _runs.Add(RunOnce());

        // The first run of a shape touches memory and compiles code; it is the measurement only where it is so long that this does not matter.
        if (_runs.Count > MostTimedRuns || _runs.Aggregate((sum, run) => sum + run) > ShapeTimeLimit)
        {
            EndShape();
        }

        return true;
    }

    /// <summary>Short and long, few and many. The longest row comes first, for workspaces grow with it.</summary>
    private static List<(int Rows, int Length)> Shapes(NetworkQueue queue)
    {
        int longest = queue.MaxLength, typical = Math.Min(TypicalRowTokens, longest), shortest = Math.Min(8, longest);
        int Most(int length) => Math.Max(1, Math.Min(queue.Terms.MaxBatchRows, queue.Terms.MaxBatchTokens / length));
        List<(int, int)> shapes =
        [
            (1, longest), (Most(typical), typical), (1, shortest), (1, typical), (Math.Max(1, Most(typical) / 4), typical), (Most(shortest), shortest), (Most(longest), longest),
        ];
        return [.. shapes.Distinct()];
    }

    // No batch of several rows takes longer than traffic's may.
    private void Fill((int Rows, int Length) shape)
    {
        double room = _queue.Terms.MaxBatchDuration.TotalSeconds / shape.Length;
        for (int row = 0; row < shape.Rows && (row == 0 || (row + 1) * _secondsPerToken <= room); row++)
        {
            AddRow(shape.Length);
        }
    }

    // Any tokens of the vocabulary will do: the time does not depend on which.
    private void AddRow(int length)
    {
        var tokens = new int[length];
        for (int i = 0; i < length; i++)
        {
            tokens[i] = i * 31 % _queue.Network.Config.VocabularySize;
        }

        _batch.Add(tokens, new int[length]);
    }

    private TimeSpan RunOnce()
    {
        long start = _time.GetTimestamp();
        Span<float> logits = _logits.AsSpan(0, _batch.Count * _classifier.LabelCount);
        if (_queue.Cascade is not { } cascade)
        {
            _classifier.Classify(_batch, logits);
            return _time.GetElapsedTime(start);
        }

        // What the networks are sure of here says nothing of requests: both compute all of it, and the large one counts by the share that is expected of it.
        IClassifierPair pair = ((CascadeClassifier)_classifier).Pair;
        pair.ClassifyFirst(_batch, logits);
        long middle = _time.GetTimestamp();
        pair.ClassifySecond([.. Enumerable.Range(0, _batch.Count)], logits);
        return _time.GetElapsedTime(start, middle) + (cascade.ExpectedShare * _time.GetElapsedTime(middle));
    }

    private void EndShape()
    {
        TimeSpan[] timed = [.. _runs.Skip(_runs.Count > 1 ? 1 : 0).Order()];
        TimeSpan median = timed[timed.Length / 2];
        long rows = _batch.Count, tokens = _batch.TokenCount;
        _measured.Add((new Work(rows, tokens, tokens * tokens / rows), median));
        _secondsPerToken = median.TotalSeconds / tokens;
        _runs.Clear();
        _batch.Clear();
        _shape++;
    }
}
