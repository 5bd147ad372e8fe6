namespace Endpoints.Bert.Training.Losses;

/// <summary>
/// A loss over an example's choices: each is a sequence of its own with one logit, and the logits of an example's choices, which stand next to each
/// other, are one row of another loss. With cross-entropy that is the loss of a multiple choice. Made of such a loss again it is the same loss.
/// </summary>
/// <param name="inner">The loss of the rows.</param>
/// <param name="choices">Choices of every example; at least 2.</param>
public sealed class ChoiceLoss(ILoss inner, int choices) : ILoss
{
    /// <inheritdoc/>
    public float Compute(ReadOnlySpan<float> logits, int labelCount, Span<float> gradient)
    {
        if ((labelCount != 1 && labelCount != choices) || logits.Length % choices != 0)
        {
            throw new ArgumentException(
                $"A loss over {choices} choices takes one logit for each of them: it was given {logits.Length} logits in rows of {labelCount}.");
        }

        return inner.Compute(logits, choices, gradient);
    }
}
