namespace Endpoints.Bert.Cascades;

/// <summary>
/// A small classifier that answers what it is sure of, and a large one that answers the rest: rows whose <see cref="Margin"/> is below a threshold are
/// computed again, in one batch of their own.
/// </summary>
/// <remarks>A row's answer depends on the row alone: on its margin, and on bits that do not depend on who shares the batch.</remarks>
public sealed class CascadeClassifier : IClassifier
{
    private readonly double _threshold;
    private readonly double _temperature;
    private int[] _unsure = [];
    private float[] _again = [];
    private int _unsureCount;

    /// <summary>Makes a cascade of a pair.</summary>
    /// <param name="pair">The small one first.</param>
    /// <param name="threshold">Least margin of the small one at which its answer stands, from 0 (always) to 1 (hardly ever).</param>
    /// <param name="temperature">T of the small one's softmax; above 0.</param>
    public CascadeClassifier(IClassifierPair pair, double threshold, double temperature = 1)
    {
        if (threshold is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), $"A cascade's threshold is a margin from 0 to 1, found {threshold}.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(pair.LabelCount, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        (Pair, _threshold, _temperature) = (pair, threshold, temperature);
    }

    /// <summary>The two classifiers.</summary>
    public IClassifierPair Pair { get; }

    /// <inheritdoc/>
    public int LabelCount => Pair.LabelCount;

    /// <inheritdoc/>
    public int MaxSequenceLength => Pair.MaxSequenceLength;

    /// <summary>The rows of the last batch that the small one was not sure of, ascending.</summary>
    public ReadOnlySpan<int> Unsure => _unsure.AsSpan(0, _unsureCount);

    /// <inheritdoc/>
    public void Classify(TokenBatch batch, Span<float> logits)
    {
        ClassifyAll(batch, logits);
        ClassifyUnsure(logits);
    }

    /// <summary>The first of two steps: every row by the small one. Those that are not in <see cref="Unsure"/> then have their answer.</summary>
    /// <param name="batch">At least one sequence; unchanged until the second step has returned.</param>
    /// <param name="logits">Receives (<see cref="TokenBatch.Count"/> × <see cref="LabelCount"/>) logits, row by row.</param>
    public void ClassifyAll(TokenBatch batch, Span<float> logits)
    {
        Pair.ClassifyFirst(batch, logits);
        if (_unsure.Length < batch.Count)
        {
            _unsure = new int[Math.Max(batch.Count, 2 * _unsure.Length)];
        }

        _unsureCount = 0;
        for (int row = 0; row < batch.Count; row++)
        {
            // Whatever is not a number is not sure.
            if (!(Margin.Of(logits.Slice(row * LabelCount, LabelCount), _temperature) >= _threshold))
            {
                _unsure[_unsureCount++] = row;
            }
        }
    }

    /// <summary>The second step: the rows in <see cref="Unsure"/> by the large one.</summary>
    /// <param name="logits">What the first step was given; the logits of those rows are replaced.</param>
    public void ClassifyUnsure(Span<float> logits)
    {
        if (_unsureCount == 0)
        {
            return;
        }

        int length = _unsureCount * LabelCount;
        if (_again.Length < length)
        {
            _again = new float[Math.Max(length, 2 * _again.Length)];
        }

        Pair.ClassifySecond(Unsure, _again.AsSpan(0, length));
        for (int i = 0; i < _unsureCount; i++)
        {
            _again.AsSpan(i * LabelCount, LabelCount).CopyTo(logits[(_unsure[i] * LabelCount)..]);
        }
    }
}
