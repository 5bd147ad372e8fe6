using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

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

    /// <summary>The logits of every example, (examples × labels, or × choices), in the examples' own order.</summary>
    /// <exception cref="InvalidDataException">A logit is not finite.</exception>
    public float[] Logits(ISuperNetwork superNetwork, SubNetwork subNetwork, CancellationToken cancellationToken = default)
    {
        int labelCount = superNetwork.Config.LabelCount;
        float[] logits = new float[_examples.Encodings.Count * labelCount];
        int taken = -1;
        void RunLane(int lane)
        {
            IClassifier classifier = superNetwork.CreateClassifier(subNetwork, lane);
            float[] buffer = new float[_batches.Max(batch => batch.Rows.Length) * labelCount];
            for (int next; (next = Interlocked.Increment(ref taken)) < _batches.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                (TokenBatch tokens, int[] rows) = _batches[next];
                classifier.Classify(tokens, buffer.AsSpan(0, rows.Length * labelCount));
                for (int i = 0; i < rows.Length; i++)
                {
                    buffer.AsSpan(i * labelCount, labelCount).CopyTo(logits.AsSpan(rows[i] * labelCount));
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
    private static float[] Predictions(float[] logits, int labelCount)
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
