using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Batches;

/// <summary>A metric: how good predictions are, larger being better; NaN where it is undefined.</summary>
/// <param name="predictions">The predicted label (from 0) or value of each example.</param>
/// <param name="targets">The right ones.</param>
public delegate double ScoreFunction(ReadOnlySpan<float> predictions, ReadOnlySpan<float> targets);

/// <summary>Runs sub-networks over a fixed set of examples, whose batches are made once: sequences of similar length, up to a token budget, never padded.</summary>
/// <remarks>Not thread-safe: an evaluator's batches may be shared, the lanes that it runs on may not.</remarks>
public sealed class Evaluator
{
    private readonly LabelledEncodings _examples;
    private readonly ScoreFunction _score;
    private readonly (TokenBatch Tokens, int[] Rows)[] _batches;
    private readonly int _lanes;
    private readonly IMetric? _metric;

    /// <summary>Makes the batches.</summary>
    /// <param name="examples">What to run over.</param>
    /// <param name="score">The task's metric.</param>
    /// <param name="tokenBudget">Most tokens in a batch; a longer sequence is a batch of its own. Default 2,048.</param>
    /// <param name="lanes">Lanes of the engine that run batches at once. Default 1.</param>
    public Evaluator(LabelledEncodings examples, ScoreFunction score, int tokenBudget = 2048, int lanes = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokenBudget, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        (_examples, _score, _lanes) = (examples, score, lanes);
        _batches = [.. MakeBatches(examples, tokenBudget)];
    }

    /// <summary>Makes the batches for a metric of the catalog, whose interval and best possible value are known better than those of any other function.</summary>
    /// <param name="examples">What to run over.</param>
    /// <param name="metric">The task's metric.</param>
    /// <param name="tokenBudget">Most tokens in a batch; a longer sequence is a batch of its own. Default 2,048.</param>
    /// <param name="lanes">Lanes of the engine that run batches at once. Default 1.</param>
    public Evaluator(LabelledEncodings examples, IMetric metric, int tokenBudget = 2048, int lanes = 1)
        : this(examples, metric.Score, tokenBudget, lanes) => _metric = metric;

    /// <summary>The examples.</summary>
    public LabelledEncodings Examples => _examples;

    /// <summary>The metric of a sub-network's predictions; NaN where it is undefined.</summary>
    /// <exception cref="InvalidDataException">The sub-network computes something that is not a number.</exception>
    public double Score(ISuperNetwork superNetwork, SubNetwork subNetwork, CancellationToken cancellationToken = default) =>
        Score(Logits(superNetwork, subNetwork, cancellationToken));

    /// <summary>The metric of what <see cref="Logits"/> gave.</summary>
    public double Score(float[] logits) => _score(Predictions(logits), _examples.Targets);

    /// <summary>What <see cref="Logits"/> says of each example: a label or choice (from 0), or a value.</summary>
    internal float[] Predictions(float[] logits) => Predictions(logits, logits.Length / _examples.Count);

    /// <summary>The 95 % confidence interval of what <see cref="Logits"/> gave.</summary>
    public ConfidenceInterval Interval(float[] logits) => IntervalOf(Predictions(logits), _examples.Targets);

    /// <summary>The metric with its interval, and the predictions that it is of.</summary>
    /// <exception cref="InvalidDataException">The sub-network computes something that is not a number.</exception>
    public EvaluationResult Evaluate(ISuperNetwork superNetwork, SubNetwork subNetwork, CancellationToken cancellationToken = default) =>
        Evaluate(superNetwork, subNetwork, double.NegativeInfinity, cancellationToken);

    /// <summary>
    /// As above, but ends as soon as the metric could not reach <paramref name="least"/> any more, were all examples left predicted right. That bound is known for
    /// accuracy and F1; other metrics are evaluated to the end. Shortest sequences come first then, for they tell most in a second.
    /// </summary>
    /// <param name="superNetwork">The weights.</param>
    /// <param name="subNetwork">What of them to run.</param>
    /// <param name="least">A score below which the sub-network is of no interest.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="InvalidDataException">The sub-network computes something that is not a number.</exception>
    public EvaluationResult Evaluate(ISuperNetwork superNetwork, SubNetwork subNetwork, double least, CancellationToken cancellationToken = default)
    {
        bool mayStop = double.IsFinite(least) && _examples.Choices == 1 && _metric is { Name: "accuracy" or "f1" };
        bool[] seen = new bool[_examples.Count];
        float[] logits = Run(superNetwork, subNetwork, mayStop ? rows => IsHopeless(rows.Logits, rows.New, seen, least) : null, cancellationToken);
        if (!mayStop || seen.All(row => row))
        {
            float[] predictions = Predictions(logits);
            return new EvaluationResult(_score(predictions, _examples.Targets), IntervalOf(predictions, _examples.Targets), predictions, logits, _examples.Count);
        }

        int[] known = [.. Enumerable.Range(0, seen.Length).Where(row => seen[row])];
        float[] all = Predictions(logits);
        float[] some = [.. known.Select(row => all[row])];
        float[] right = [.. known.Select(row => _examples.Targets[row])];
        return new EvaluationResult(_score(some, right), IntervalOf(some, right), [], [], known.Length);
    }

    /// <summary>The logits of every example, (examples × labels, or × choices), in the examples' own order.</summary>
    /// <exception cref="InvalidDataException">A logit is not finite.</exception>
    public float[] Logits(ISuperNetwork superNetwork, SubNetwork subNetwork, CancellationToken cancellationToken = default) =>
        Run(superNetwork, subNetwork, null, cancellationToken);

    /// <summary>Runs the batches; where <paramref name="isEnough"/> is given, it is asked after each, one at a time, and they go from short to long.</summary>
    private float[] Run(
        ISuperNetwork superNetwork, SubNetwork subNetwork, Func<(float[] Logits, int[] New), bool>? isEnough, CancellationToken cancellationToken)
    {
        int labelCount = superNetwork.Config.LabelCount;
        float[] logits = new float[_examples.Encodings.Count * labelCount];
        int taken = -1;
        bool stopped = false;
        var asking = new Lock();
        void RunLane(int lane)
        {
            IClassifier classifier = superNetwork.CreateClassifier(subNetwork, lane);
            float[] buffer = new float[_batches.Max(batch => batch.Rows.Length) * labelCount];
            for (int next; (next = Interlocked.Increment(ref taken)) < _batches.Length && !Volatile.Read(ref stopped);)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (TokenBatch tokens, int[] rows) = _batches[isEnough is null ? next : _batches.Length - 1 - next];
                classifier.Classify(tokens, buffer.AsSpan(0, rows.Length * labelCount));
                for (int i = 0; i < rows.Length; i++)
                {
                    buffer.AsSpan(i * labelCount, labelCount).CopyTo(logits.AsSpan(rows[i] * labelCount));
                }

                if (isEnough is not null)
                {
                    lock (asking)
                    {
                        Volatile.Write(ref stopped, isEnough((logits, rows)) || stopped);
                    }
                }
            }
        }

        if (_lanes == 1)
        {
            RunLane(0);
        }
        else
        {
            Parallel.For(0, _lanes, new ParallelOptions { MaxDegreeOfParallelism = _lanes, CancellationToken = cancellationToken }, RunLane);
        }

        int bad = Array.FindIndex(logits, logit => !float.IsFinite(logit));
        return bad < 0 ? logits : throw new InvalidDataException(
            $"{subNetwork} computes {logits[bad]} for example {bad / labelCount / _examples.Choices}: its weights are not usable. Did fine-tuning diverge?");
    }

    /// <summary>The label or choice with the largest logit of each row, the first of equals; of one logit a row, the logit itself.</summary>
    internal static float[] Predictions(float[] logits, int labelCount)
    {
        if (labelCount == 1)
        {
            return logits;
        }

        float[] labels = new float[logits.Length / labelCount];
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<float> scores = logits.AsSpan(row * labelCount, labelCount);
            int best = 0;
            for (int i = 1; i < labelCount; i++)
            {
                best = scores[i] > scores[best] ? i : best;
            }

            labels[row] = best;
        }

        return labels;
    }

    /// <summary>True when the metric stays below <paramref name="least"/> even if all examples that were not seen are predicted right.</summary>
    private bool IsHopeless(float[] logits, int[] rows, bool[] seen, double least)
    {
        foreach (int row in rows)
        {
            seen[row] = true;
        }

        float[] best = Predictions(logits, logits.Length / seen.Length);
        for (int row = 0; row < seen.Length; row++)
        {
            best[row] = seen[row] ? best[row] : _examples.Targets[row];
        }

        return _score(best, _examples.Targets) < least;
    }

    private ConfidenceInterval IntervalOf(float[] predictions, ReadOnlySpan<float> targets) => _metric is null
        ? Intervals.Bootstrap(_score, predictions, targets)
        : Intervals.Of(_metric, predictions, targets);

    private static IEnumerable<(TokenBatch Tokens, int[] Rows)> MakeBatches(LabelledEncodings examples, int tokenBudget)
    {
        // Longest first: when several lanes share the work, the last batches are the small ones.
        int[] order = [.. Enumerable.Range(0, examples.Encodings.Count).OrderByDescending(i => examples.Encodings[i].Ids.Length)];
        for (int start = 0; start < order.Length;)
        {
            var batch = new TokenBatch();
            int end = start;
            while (end < order.Length && (end == start || batch.TokenCount + examples.Encodings[order[end]].Ids.Length <= tokenBudget))
            {
                batch.Add(examples.Encodings[order[end++]]);
            }

            yield return (batch, order[start..end]);
            start = end;
        }
    }
}

/// <summary>What a sub-network scored.</summary>
/// <param name="Score">The metric; NaN where it is undefined. Of an evaluation that ended early: of the examples that were seen.</param>
/// <param name="Interval">Its 95 % confidence interval.</param>
/// <param name="Predictions">The predicted label or value of each example; empty where it ended early.</param>
/// <param name="Logits">(examples × labels, or × choices); empty where it ended early.</param>
/// <param name="Seen">Number of examples that were evaluated.</param>
public sealed record EvaluationResult(double Score, ConfidenceInterval Interval, float[] Predictions, float[] Logits, int Seen)
{
    /// <summary>1 - the score; 1 where the metric is undefined (a constant prediction has no correlation).</summary>
    public double Error => double.IsNaN(Score) ? 1 : 1 - Score;
}
