namespace Endpoints.Bert.Training.Losses;

/// <summary>
/// Follows a teacher, whose logits t are constants. Several logits a row: L = (1/N) Σₙ KL(softmax(tₙ/T) ‖ softmax(zₙ/T)), times T² where asked, so
/// that the term keeps its weight as T grows; dL/dz = (softmax(z/T) - softmax(t/T)) / (N T), times T². One logit a row (a regression):
/// L = (1/N) Σₙ (zₙ - tₙ)², whatever the temperature. Accumulated in double.
/// </summary>
public sealed class DistillationLoss : ILoss
{
    private readonly ReadOnlyMemory<float> _teacher;
    private readonly double _temperature;
    private readonly double _scale;

    /// <summary>A loss against one batch's teacher logits.</summary>
    /// <param name="teacherLogits">(rows × labels), row by row; not to be changed while the loss is in use.</param>
    /// <param name="temperature">T, positive. The paper's is 10.</param>
    /// <param name="squareTemperature">True multiplies the loss by T².</param>
    public DistillationLoss(ReadOnlyMemory<float> teacherLogits, float temperature, bool squareTemperature)
    {
        if (!(temperature > 0 && float.IsFinite(temperature)))
        {
            throw new ArgumentOutOfRangeException(nameof(temperature), temperature, "The temperature must be a positive number.");
        }

        _teacher = teacherLogits;
        _temperature = temperature;
        _scale = squareTemperature ? (double)temperature * temperature : 1;
    }

    /// <inheritdoc/>
    public float Compute(ReadOnlySpan<float> logits, int labelCount, Span<float> gradient)
    {
        if (labelCount == 1)
        {
            return new SquaredErrorLoss(_teacher).Compute(logits, labelCount, gradient);
        }

        if (_teacher.Length != logits.Length)
        {
            throw new ArgumentException($"The teacher has {_teacher.Length} logits for this batch, the sub-network {logits.Length}.");
        }

        int rows = LossShape.Rows(logits.Length / Math.Max(labelCount, 1), logits, labelCount, gradient);
        Span<double> buffer = labelCount <= 64 ? stackalloc double[2 * labelCount] : new double[2 * labelCount];
        Span<double> teacher = buffer[..labelCount];
        Span<double> student = buffer[labelCount..];
        double sum = 0;
        for (int row = 0; row < rows; row++)
        {
            LogSoftmax.Compute(_teacher.Span.Slice(row * labelCount, labelCount), _temperature, teacher);
            LogSoftmax.Compute(logits.Slice(row * labelCount, labelCount), _temperature, student);
            for (int i = 0; i < labelCount; i++)
            {
                double probability = Math.Exp(teacher[i]);
                if (probability != 0)
                {
                    sum += probability * (teacher[i] - student[i]);
                }

                gradient[(row * labelCount) + i] = (float)(_scale * (Math.Exp(student[i]) - probability) / (_temperature * rows));
            }
        }

        return (float)(_scale * sum / rows);
    }
}
