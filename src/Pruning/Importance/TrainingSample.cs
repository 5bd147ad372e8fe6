using Endpoints.Bert;
using Endpoints.Bert.Training;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Importance;

/// <summary>Training examples that scores are taken over.</summary>
internal static class TrainingSample
{
    /// <summary>Some of the examples, drawn without replacement; all of them, in their order, where <paramref name="count"/> is 0 or no less than there are.</summary>
    public static LabelledEncodings Draw(LabelledEncodings examples, int count, int seed)
    {
        if (Rows(examples.Count, count, seed) is not { } rows)
        {
            return examples;
        }

        float[] targets = [.. rows.Select(row => examples.Targets[row])];
        return examples.ProblemType == ProblemType.Regression
            ? LabelledEncodings.Regression([.. rows.Select(row => examples.Encodings[row])], targets)
            : LabelledEncodings.Classification([.. rows.Select(row => examples.Encodings[row])], [.. targets.Select(target => (int)target)]);
    }

    /// <summary>Which of so many examples are drawn; null for all.</summary>
    /// <param name="total">Examples that there are.</param>
    /// <param name="count">How many to draw; 0 for all.</param>
    /// <param name="seed">Same seed, same rows.</param>
    public static int[]? Rows(int total, int count, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0 || count >= total)
        {
            return null;
        }

        int[] rows = [.. Enumerable.Range(0, total)];
        RandomStream.Create(seed, "training sample", 0).Shuffle(rows);
        return rows[..count];
    }

    /// <summary>The examples in batches of equal number, in their order, each with its loss.</summary>
    public static IEnumerable<(TokenBatch Batch, ILoss Loss)> Batches(LabelledEncodings examples, int size)
    {
        foreach (int[] rows in Enumerable.Range(0, examples.Count).Chunk(size))
        {
            var batch = new TokenBatch();
            foreach (int row in rows)
            {
                batch.Add(examples.Encodings[row]);
            }

            yield return (batch, examples.CreateLoss(rows));
        }
    }
}
