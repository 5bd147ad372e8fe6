namespace Endpoints.Bert.Training.Losses;

/// <summary>
/// Yes or no, with one logit: L = (1/N) Σₙ max(z, 0) - z y + log(1 + exp(-|z|)), which is cross-entropy of sigmoid(z) without its overflow;
/// dL/dz = (sigmoid(z) - y) / N. Accumulated in double.
/// </summary>
/// <param name="labels">The right label of each row, 0 or 1.</param>
public sealed class BinaryCrossEntropyLoss(ReadOnlyMemory<int> labels) : ILoss
{
    /// <inheritdoc/>
    public float Compute(ReadOnlySpan<float> logits, int labelCount, Span<float> gradient)
    {
        LossShape.RequireOneOutput(labelCount, "Binary cross-entropy");
        int rows = LossShape.Rows(labels.Length, logits, labelCount, gradient);
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            (double z, int label) = (logits[row], labels.Span[row]);
            if ((uint)label > 1)
            {
                throw new ArgumentException($"Row {row} has label {label}; the labels of binary cross-entropy are 0 and 1.");
            }

            // exp of a number that is never positive: 0 at worst.
            double decay = Math.Exp(-Math.Abs(z));
            sum += Math.Max(z, 0) - (z * label) + double.LogP1(decay);
            double sigmoid = (z >= 0 ? 1 : decay) / (1 + decay);
            gradient[row] = (float)((sigmoid - label) / rows);
        }

        return (float)(sum / rows);
    }
}
