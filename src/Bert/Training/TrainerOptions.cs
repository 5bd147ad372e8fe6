using Endpoints.Compute;
using Endpoints.Compute.Training;

namespace Endpoints.Bert.Training;

/// <summary>Settings of a <see cref="Trainer"/>.</summary>
public sealed record TrainerOptions
{
    /// <value>AdamW's β₁ 0.9, β₂ 0.999, ε 1e-8 and decoupled weight decay 0.01.</value>
    public AdamWSettings AdamW { get; init; } = new();

    /// <value>Largest global norm of the gradients; 0 does not clip. Default 1.</value>
    public float ClipNorm { get; init; } = 1f;

    /// <value>Whether biases and LayerNorm parameters are decayed too. Default false.</value>
    public bool DecayBiasAndNorm { get; init; }

    /// <value>Dropout of hidden states and attention probabilities; null (default) takes the rates of the model's config.</value>
    public float? Dropout { get; init; }

    /// <value>Dropout of the pooled vectors, which the classifier or the heads read; null (default) takes the rate of the other hidden states.</value>
    public float? PooledDropout { get; init; }

    /// <value>
    /// What the products with the encoder's weights run in: float32 (default), or operands rounded to bfloat16 and sums in float32. All else is float32: weights,
    /// gradients, the optimiser, attention, normalisation, the classifier.
    /// </value>
    public Precision Precision { get; init; }

    /// <value>Seed of the dropout masks. Default 0.</value>
    public int Seed { get; init; }

    /// <value>Threads; 0 (default) takes every processor.</value>
    public int Threads { get; init; }

    /// <value>Gradients go through the layers but none of a weight is computed: what <see cref="MaskGradients"/> needs costs two thirds then. Default false.</value>
    internal bool FreezeWeights { get; init; }
}
