namespace Endpoints.Bert.Cascades;

/// <summary>A pair of classifiers that have nothing in common but the lane: the second begins with the tokens.</summary>
public sealed class SeparateClassifiers : IClassifierPair
{
    private readonly IClassifier _first;
    private readonly IClassifier _second;
    private readonly TokenBatch _some = new();
    private TokenBatch _batch = new(0, 0);

    /// <summary>Pairs two classifiers of the same labels.</summary>
    /// <exception cref="ArgumentException">They have different numbers of labels.</exception>
    public SeparateClassifiers(IClassifier first, IClassifier second)
    {
        if (first.LabelCount != second.LabelCount)
        {
            throw new ArgumentException($"Two classifiers of the same labels are expected, found {first.LabelCount} labels and {second.LabelCount}.");
        }

        (_first, _second) = (first, second);
    }

    /// <inheritdoc/>
    public int LabelCount => _first.LabelCount;

    /// <inheritdoc/>
    public int MaxSequenceLength => Math.Min(_first.MaxSequenceLength, _second.MaxSequenceLength);

    /// <inheritdoc/>
    public int SharedLayers => 0;

    /// <inheritdoc/>
    public void ClassifyFirst(TokenBatch batch, Span<float> logits)
    {
        _batch = batch;
        _first.Classify(batch, logits);
    }

    /// <inheritdoc/>
    public void ClassifySecond(ReadOnlySpan<int> rows, Span<float> logits)
    {
        _some.Clear();
        foreach (int row in rows)
        {
            _some.Add(_batch, row);
        }

        _second.Classify(_some, logits);
    }
}
