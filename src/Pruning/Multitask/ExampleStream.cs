namespace Endpoints.Pruning.Multitask;

/// <summary>Batches of one task without end: pass after pass over its examples, each in an order of its own; the last batch of a pass may be smaller.</summary>
internal sealed class ExampleStream(HeadExamples examples, int batchSize, int seed)
{
    private IEnumerator<int[]> _pass = Enumerable.Empty<int[]>().GetEnumerator();
    private int _passes;

    public HeadExamples Examples => examples;

    /// <summary>Batches of one pass.</summary>
    public int BatchesPerPass => (examples.Count + batchSize - 1) / batchSize;

    public int[] Next()
    {
        if (!_pass.MoveNext())
        {
            int[] order = [.. Enumerable.Range(0, examples.Count)];
            RandomStream.Create(seed, $"shuffle {examples.Head.Name}", ++_passes).Shuffle(order);
            _pass = order.Chunk(batchSize).GetEnumerator();
            _pass.MoveNext();
        }

        return _pass.Current;
    }
}
