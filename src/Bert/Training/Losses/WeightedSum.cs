namespace Endpoints.Bert.Training.Losses;

/// <summary>A sum of losses of the same logits, each with a weight. Not thread-safe: it keeps a scratch gradient.</summary>
/// <param name="terms">The losses and their weights.</param>
public sealed class WeightedSum(params (ILoss Loss, float Weight)[] terms) : ILoss
{
    private float[] _scratch = [];

    /// <inheritdoc/>
    public float Compute(ReadOnlySpan<float> logits, int labelCount, Span<float> gradient)
    {
        if (_scratch.Length < logits.Length)
        {
            _scratch = new float[logits.Length];
        }

        Span<float> scratch = _scratch.AsSpan(0, logits.Length);
        gradient.Clear();
        double sum = 0;
        foreach ((ILoss loss, float weight) in terms)
        {
            sum += (double)weight * loss.Compute(logits, labelCount, scratch);
            for (int i = 0; i < scratch.Length; i++)
            {
                gradient[i] += weight * scratch[i];
            }
        }

        return (float)sum;
    }
}
