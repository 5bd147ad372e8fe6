using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.FineTuning;

/// <summary>Decides which sub-networks take part in an update step of the super-network, and with which losses.</summary>
public interface IFineTuningStrategy
{
    /// <summary>The name that users choose it by, for example <c>full</c>.</summary>
    string Name { get; }

    /// <summary>Runs the passes of one update step; the caller then steps the optimiser. Gradients of all passes are summed.</summary>
    /// <returns>The mean loss against the labels, of the super-network where it took part.</returns>
    float Accumulate(TrainingStep step);
}

/// <summary>One update step on one batch.</summary>
public sealed record TrainingStep
{
    /// <value>Runs the passes.</value>
    public required ITrainer Trainer { get; init; }

    /// <value>The batch.</value>
    public required TokenBatch Batch { get; init; }

    /// <value>The loss against the batch's labels or values.</value>
    public required ILoss LabelLoss { get; init; }

    /// <value>Number of the step, from 0.</value>
    public required int Index { get; init; }

    /// <value>Number of steps of the whole fine-tuning.</value>
    public required int TotalSteps { get; init; }

    /// <value>Draws sub-networks; depends on the run's seed and <see cref="Index"/> only, so all strategies of one seed draw alike.</value>
    public required Random Random { get; init; }

    /// <value>Logits of a fixed teacher, (rows × labels), to follow in place of the super-network's own; null without one.</value>
    public float[]? TeacherLogits { get; init; }

    /// <value>Measures the passes; null does not.</value>
    public PassCosts? Costs { get; init; }

    /// <summary>One pass: forward, loss, backward.</summary>
    internal float Run(PassKind kind, SubNetwork subNetwork, ILoss loss, float[] logits) => Costs is null
        ? Trainer.Accumulate(subNetwork, Batch, loss, logits)
        : Costs.Measure(kind, subNetwork, Batch, () => Trainer.Accumulate(subNetwork, Batch, loss, logits));

    /// <summary>Room for the logits of the batch.</summary>
    internal float[] NewLogits() => new float[Batch.Count * Trainer.Config.LabelCount];
}

/// <summary>What making a strategy needs.</summary>
/// <param name="Space">Where random sub-networks are drawn from.</param>
/// <param name="Options">The strategy's switches.</param>
public sealed record StrategyContext(ISearchSpace Space, StrategyOptions Options);

/// <summary>Switches of the strategies, with the paper's values as defaults.</summary>
public sealed record StrategyOptions
{
    /// <value>
    /// Random sub-networks in every step that has them (k). Null (default) is 2 beside the super-network (sandwich, distillation, full) and 1 alone (random,
    /// random-linear, alternating). At least 1; sandwich and full also take 0.
    /// </value>
    public int? RandomSubNetworks { get; init; }

    /// <value>Temperature T of the distillation. Default 10; above 0.</value>
    public float Temperature { get; init; } = 10;

    /// <value>Multiplies the distillation by T², so that it keeps its weight beside the labels; without, T = 10 leaves it a hundredth. Default true.</value>
    public bool SquareTemperature { get; init; } = true;

    /// <value>Sub-networks also learn from the labels (classification and multiple choice only; a regression follows the super-network alone). Default true.</value>
    public bool LabelTerm { get; init; } = true;

    /// <value>Whether the super-network that sub-networks follow learns from the labels too (<c>distillation</c> only). Default true; the published code had false.</value>
    public bool TrainTeacher { get; init; } = true;

    /// <value>The smallest sub-network of the sandwich rule; null (default) takes the search space's.</value>
    public SubNetwork? Smallest { get; init; }
}
