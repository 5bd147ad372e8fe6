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
}

/// <summary>What making a strategy needs.</summary>
/// <param name="Space">Where random sub-networks are drawn from.</param>
/// <param name="Options">The strategy's switches.</param>
public sealed record StrategyContext(ISearchSpace Space, StrategyOptions Options);

/// <summary>Switches of the strategies, with the paper's values as defaults.</summary>
public sealed record StrategyOptions
{
    /// <value>Random sub-networks in every step (k). Default 2; at least 0.</value>
    public int RandomSubNetworks { get; init; } = 2;

    /// <value>Temperature T of the distillation. Default 10; above 0.</value>
    public float Temperature { get; init; } = 10;

    /// <value>Multiplies the distillation by T², so that it keeps its weight beside the labels; without, T = 10 leaves it a hundredth. Default true.</value>
    public bool SquareTemperature { get; init; } = true;

    /// <value>Sub-networks also learn from the labels (classification and multiple choice only; a regression follows the super-network alone). Default true.</value>
    public bool LabelTerm { get; init; } = true;

    /// <value>The smallest sub-network of the sandwich rule; null (default) takes the search space's.</value>
    public SubNetwork? Smallest { get; init; }
}
