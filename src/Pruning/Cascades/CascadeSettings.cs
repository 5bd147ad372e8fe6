using Endpoints.Compute;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Cascades;

/// <summary>What a threshold is chosen for, and on what.</summary>
public sealed record CascadeSettings
{
    /// <value>The part that the threshold is chosen on where there are no <see cref="HeldOut"/> examples: one that neither network learnt from. Default validation.</value>
    public TaskSplit Split { get; init; } = TaskSplit.Validation;

    /// <value>
    /// Examples that nothing else was chosen on: no epoch, no sub-network. Only on such does the promise hold with its confidence. Default null: those of
    /// <see cref="Split"/>.
    /// </value>
    public HeldOutExamples? HeldOut { get; init; }

    /// <value>The part that the chosen threshold is then measured on. Default test; null for none.</value>
    public TaskSplit? Check { get; init; } = TaskSplit.Test;

    /// <value>Largest loss of accuracy against the large network alone. Default 0.005; above 0 and below 1.</value>
    public double MaxLoss { get; init; } = 0.005;

    /// <value>Confidence of the one-sided bound. Default 0.95; above 0.5 and below 1.</value>
    public double Confidence { get; init; } = 0.95;

    /// <value>What both networks run in. Default float32.</value>
    public Precision Precision { get; init; }

    /// <value>Longest input in tokens; longer texts are cut. Default 128.</value>
    public int MaxLength { get; init; } = 128;

    /// <exception cref="ArgumentException">Something is out of its range.</exception>
    internal void Require()
    {
        if (MaxLoss is not (> 0 and < 1))
        {
            throw new ArgumentException(FormattableString.Invariant($"The largest loss of accuracy is above 0 and below 100 points, found {100 * MaxLoss}."));
        }

        PairedLoss.RequireConfidence(Confidence);
        if (HeldOut is null && Split == Check)
        {
            throw new ArgumentException($"The part {Split.ToString().ToLowerInvariant()} cannot both choose the threshold and check it.");
        }
    }
}
