namespace Endpoints.Bert.Cascades;

/// <summary>Two classifiers on one lane: the first for every row of a batch, the second for some of these rows afterwards.</summary>
/// <remarks>Each gives the very bits that it gives alone. Between the two calls nothing else may run on the lane.</remarks>
public interface IClassifierPair
{
    /// <summary>Number of logits for each sequence, the same of both.</summary>
    int LabelCount { get; }

    /// <summary>Longest sequence that both take, in tokens.</summary>
    int MaxSequenceLength { get; }

    /// <summary>Layers of the first whose work the second continues instead of repeating it; 0 where they share none.</summary>
    int SharedLayers { get; }

    /// <summary>Computes the first classifier's logits of every sequence.</summary>
    /// <param name="batch">At least one sequence; unchanged until <see cref="ClassifySecond"/> has returned.</param>
    /// <param name="logits">Receives (<see cref="TokenBatch.Count"/> × <see cref="LabelCount"/>) logits, row by row.</param>
    void ClassifyFirst(TokenBatch batch, Span<float> logits);

    /// <summary>Computes the second classifier's logits of some sequences of the batch that <see cref="ClassifyFirst"/> was given last. Once a batch.</summary>
    /// <param name="rows">Which sequences, ascending; at least one.</param>
    /// <param name="logits">Receives (<paramref name="rows"/> × <see cref="LabelCount"/>) logits, in the order of <paramref name="rows"/>.</param>
    void ClassifySecond(ReadOnlySpan<int> rows, Span<float> logits);
}
