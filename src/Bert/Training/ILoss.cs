namespace Endpoints.Bert.Training;

/// <summary>A loss of a batch's logits, with its gradient.</summary>
public interface ILoss
{
    /// <summary>Computes the mean loss over the batch and its gradient with respect to every logit.</summary>
    /// <param name="logits">(rows × <paramref name="labelCount"/>), row by row; at least one row.</param>
    /// <param name="labelCount">Number of logits in a row.</param>
    /// <param name="gradient">Receives d(loss)/d(logits), in the shape of <paramref name="logits"/>; overwritten.</param>
    /// <returns>The mean loss; NaN where a logit is NaN.</returns>
    /// <exception cref="ArgumentException">The logits do not fit the loss's targets.</exception>
    float Compute(ReadOnlySpan<float> logits, int labelCount, Span<float> gradient);
}
