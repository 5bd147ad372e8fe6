namespace Endpoints.Bert.Training.Losses;

/// <summary>Classification: L = -(1/N) Σₙ log softmax(zₙ)[yₙ]; dL/dz = (softmax(z) - onehot(y)) / N. Accumulated in double.</summary>
/// <param name="labels">The right label of each row, from 0.</param>
public sealed class CrossEntropyLoss(ReadOnlyMemory<int> labels) : ILoss
{
    /// <inheritdoc/>
    public float Compute(ReadOnlySpan<float> logits, int labelCount, Span<float> gradient)
    {
        int rows = LossShape.Rows(labels.Length, logits, labelCount, gradient);
        Span<double> logProbabilities = labelCount <= 64 ? stackalloc double[labelCount] : new double[labelCount];
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            int label = labels.Span[row];
            if ((uint)label >= (uint)labelCount)
            {
                throw new ArgumentException($"Row {row} has label {label}; labels of {labelCount} logits go from 0 to {labelCount - 1}.");
            }

            LogSoftmax.Compute(logits.Slice(row * labelCount, labelCount), 1, logProbabilities);
            sum -= logProbabilities[label];
            for (int i = 0; i < labelCount; i++)
            {
                gradient[(row * labelCount) + i] = (float)((Math.Exp(logProbabilities[i]) - (i == label ? 1 : 0)) / rows);
            }
        }

        return (float)(sum / rows);
    }
}
