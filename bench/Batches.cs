using Endpoints.Bert;

namespace Endpoints.Bench;

/// <summary>Random tokens of given lengths, the same every time.</summary>
internal static class Batches
{
    /// <summary>Batches of <paramref name="size"/> sequences, in the order of the lengths; the last may be smaller.</summary>
    public static TokenBatch[] Of(BertConfig config, int[] lengths, int size)
    {
        var random = new Random(3);
        return [.. lengths.Chunk(size).Select(chunk =>
        {
            var batch = new TokenBatch();
            foreach (int length in chunk)
            {
                batch.Add([.. Enumerable.Range(0, length).Select(_ => random.Next(config.VocabularySize))], new int[length]);
            }

            return batch;
        })];
    }
}
