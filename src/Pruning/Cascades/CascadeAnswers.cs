using Endpoints.Bert;
using Endpoints.Bert.Cascades;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Cascades;

/// <summary>What both networks of a cascade say of a part of a task, and what that took.</summary>
/// <param name="Small">Logits of the small one, (examples × labels).</param>
/// <param name="Large">Logits of the large one.</param>
/// <param name="Targets">The right labels.</param>
/// <param name="LabelCount">Labels.</param>
/// <param name="SmallCost">Time of the small one on all examples, as a share of the large one's alone.</param>
/// <param name="AgainCost">Time of the large one after the small one, were all examples to go on, as such a share: below 1 where it continues the small one's work.</param>
internal sealed record CascadeAnswers(float[] Small, float[] Large, float[] Targets, int LabelCount, double SmallCost, double AgainCost)
{
    private const int TokensOfBatch = 2048;
    private const int TimedRounds = 3;

    /// <summary>Runs both over a part of a task, several times and in turn; times are medians.</summary>
    /// <exception cref="ArgumentException">The two do not fit each other, or the task.</exception>
    public static CascadeAnswers Collect(
        TaskDefinition task,
        IReadOnlyList<Example> part,
        CascadeMember small,
        CascadeMember large,
        Precision precision,
        int maxLength,
        IEngine engine,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        LabelledEncodings examples = TaskEncodings.Encode(task, part, large.Checkpoint, Math.Min(maxLength, small.Checkpoint.Config.MaxSequenceLength));
        RequireFit(task, examples, part, small, large, maxLength);
        ISuperNetwork largeNetwork = engine.Load(large.Checkpoint, precision);
        ISuperNetwork smallNetwork = ReferenceEquals(small.Checkpoint, large.Checkpoint) ? largeNetwork : engine.Load(small.Checkpoint, precision);
        IClassifierPair pair = ClassifierPairs.Create(smallNetwork, small.SubNetwork, largeNetwork, large.SubNetwork, lane: 0);
        IClassifier alone = largeNetwork.CreateClassifier(large.SubNetwork, lane: 0);
        int labels = pair.LabelCount;
        float[] first = new float[examples.Count * labels], second = new float[first.Length];
        double[] smallSeconds = new double[TimedRounds], againSeconds = new double[TimedRounds], aloneSeconds = new double[TimedRounds];
        (TokenBatch Tokens, int[] Rows)[] batches = [.. Batches(examples)];

        // The first round touches memory and compiles code.
        for (int round = -1; round < TimedRounds; round++)
        {
            (double one, double again, double other) = (0, 0, 0);
            foreach ((TokenBatch tokens, int[] rows) in batches)
            {
                cancellationToken.ThrowIfCancellationRequested();
                float[] logits = new float[rows.Length * labels];
                one += Seconds(time, () => pair.ClassifyFirst(tokens, logits));
                Spread(logits, rows, labels, first);
                int[] all = [.. Enumerable.Range(0, rows.Length)];
                again += Seconds(time, () => pair.ClassifySecond(all, logits));
                Spread(logits, rows, labels, second);
                other += Seconds(time, () => alone.Classify(tokens, logits));
            }

            if (round >= 0)
            {
                (smallSeconds[round], againSeconds[round], aloneSeconds[round]) = (one, again, other);
            }
        }

        int bad = Array.FindIndex(second, logit => !float.IsFinite(logit));
        if (bad >= 0)
        {
            throw new InvalidDataException($"The large network computes {second[bad]} for example {bad / labels}: its weights are not usable.");
        }

        double whole = Median(aloneSeconds);
        return new(first, second, examples.Targets.ToArray(), labels, Median(smallSeconds) / whole, Median(againSeconds) / whole);
    }

    private static void RequireFit(TaskDefinition task, LabelledEncodings examples, IReadOnlyList<Example> part, CascadeMember small, CascadeMember large, int maxLength)
    {
        (BertConfig first, BertConfig second) = (small.Checkpoint.Config, large.Checkpoint.Config);
        if (examples.ProblemType != ProblemType.SingleLabelClassification)
        {
            throw new ArgumentException($"A cascade asks how sure a classifier is of its label, and {task.Name} is a task of another kind ({examples.ProblemType}).");
        }

        if (!first.Labels.SequenceEqual(second.Labels))
        {
            throw new ArgumentException(
                $"Expected two networks of the same labels in the same order, found {string.Join(", ", first.Labels)} (small) and {string.Join(", ", second.Labels)} (large).");
        }

        examples.CheckFit(second);
        examples.CheckFit(first);
        if (!ReferenceEquals(small.Checkpoint.Tokenizer, large.Checkpoint.Tokenizer))
        {
            LabelledEncodings own = TaskEncodings.Encode(task, part, small.Checkpoint, Math.Min(maxLength, second.MaxSequenceLength));
            if (own.Encodings.Zip(examples.Encodings).Any(pair => !pair.First.Ids.AsSpan().SequenceEqual(pair.Second.Ids)))
            {
                throw new ArgumentException("Expected two networks of the same vocabulary: their tokenizers make different tokens of the task's examples.");
            }
        }
    }

    private static IEnumerable<(TokenBatch Tokens, int[] Rows)> Batches(LabelledEncodings examples)
    {
        int[] order = [.. Enumerable.Range(0, examples.Count).OrderBy(examples.TokensOf)];
        for (int start = 0, end; start < order.Length; start = end)
        {
            var batch = new TokenBatch();
            for (end = start; end < order.Length && (end == start || batch.TokenCount + examples.TokensOf(order[end]) <= TokensOfBatch); end++)
            {
                examples.AddTo(batch, order[end]);
            }

            yield return (batch, order[start..end]);
        }
    }

    private static void Spread(float[] logits, int[] rows, int labels, float[] target)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            logits.AsSpan(i * labels, labels).CopyTo(target.AsSpan(rows[i] * labels));
        }
    }

    private static double Seconds(TimeProvider time, Action action)
    {
        long start = time.GetTimestamp();
        action();
        return time.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }
}
