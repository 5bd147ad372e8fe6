namespace Endpoints.Bert.Training.Losses;

/// <summary>Regression with one output: L = (1/N) Σₙ |zₙ - yₙ|; dL/dz = sign(z - y) / N, which is 0 where they are equal. Accumulated in double.</summary>
/// <param name="values">The right value of each row.</param>
public sealed class AbsoluteErrorLoss(ReadOnlyMemory<float> values) : ILoss
{
    /// <inheritdoc/>
    public float Compute(ReadOnlySpan<float> logits, int labelCount, Span<float> gradient)
    {
        LossShape.RequireOneOutput(labelCount, "Absolute error");
        int rows = LossShape.Rows(values.Length, logits, labelCount, gradient);
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            double difference = (double)logits[row] - values.Span[row];
            sum += Math.Abs(difference);

            // Math.Sign refuses a NaN; here the gradient becomes one, as the loss does.
            gradient[row] = (float)((double.IsNaN(difference) ? double.NaN : Math.Sign(difference)) / rows);
        }

        return (float)(sum / rows);
    }
}
