namespace Endpoints.Bert.Training.Losses;

/// <summary>Regression with one logit: L = (1/N) Σₙ (zₙ - yₙ)²; dL/dz = 2 (z - y) / N. Accumulated in double.</summary>
/// <param name="values">The right value of each row.</param>
public sealed class SquaredErrorLoss(ReadOnlyMemory<float> values) : ILoss
{
    /// <inheritdoc/>
    public float Compute(ReadOnlySpan<float> logits, int labelCount, Span<float> gradient)
    {
        LossShape.RequireOneOutput(labelCount, "Squared error");
        int rows = LossShape.Rows(values.Length, logits, labelCount, gradient);
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            double difference = (double)logits[row] - values.Span[row];
            sum += difference * difference;
            gradient[row] = (float)(2 * difference / rows);
        }

        return (float)(sum / rows);
    }
}
