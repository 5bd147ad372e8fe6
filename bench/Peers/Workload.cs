namespace Endpoints.Bench.Peers;

/// <summary>Sequences cut into batches: what one pass of an engine runs.</summary>
/// <param name="Lengths">What the lengths are, for tables.</param>
/// <param name="BatchSize">Sequences of a batch.</param>
/// <param name="IsSorted">True where batches are of sequences of similar length, which wastes least on padding.</param>
/// <param name="Batches">Tokens of each sequence of each batch.</param>
internal sealed record Workload(string Lengths, int BatchSize, bool IsSorted, int[][][] Batches)
{
    public const string Mix = "RTE mix";

    private const int MixSequences = 32, Vocabulary = 30_522;
    private static readonly int[] Sizes = [1, 8, 32];

    public int Sequences => Batches.Sum(batch => batch.Length);

    /// <summary>Lengths as of RTE's pairs; quick runs measure only these.</summary>
    public static IEnumerable<Workload> OfMix()
    {
        int[] lengths = Bench.Lengths.Draw(MixSequences);
        int[] sorted = [.. lengths.Order()];
        foreach (int size in Sizes)
        {
            yield return Of(Mix, lengths, size, isSorted: false);
        }

        yield return Of(Mix, sorted, 8, isSorted: true);
    }

    /// <summary>One batch of equal lengths.</summary>
    public static IEnumerable<Workload> OfEqualLengths() =>
        from length in (int[])[16, 64, 128, 512]
        from size in Sizes
        select Of($"{length}", [.. Enumerable.Repeat(length, size)], size, isSorted: false);

    private static Workload Of(string name, int[] lengths, int size, bool isSorted)
    {
        var random = new Random(3);
        return new Workload(name, size, isSorted, [.. lengths.Chunk(size).Select(chunk =>
            (int[][])[.. chunk.Select(length => (int[])[.. Enumerable.Range(0, length).Select(_ => random.Next(Vocabulary))])])]);
    }
}
