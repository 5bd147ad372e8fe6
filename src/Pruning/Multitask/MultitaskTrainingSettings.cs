using Endpoints.Bert.Training;
using Endpoints.Compute;
using Endpoints.Compute.Training;
using Endpoints.Pruning.FineTuning;

namespace Endpoints.Pruning.Multitask;

/// <summary>How the tasks of a set take turns.</summary>
public enum Interleaving
{
    /// <summary>A step takes a batch of every task, and their gradients are summed into one update.</summary>
    Joint,

    /// <summary>A step takes a batch of every task, one after the other, each with an update of its own.</summary>
    Alternating,
}

/// <summary>How a multitask network is trained. Defaults are the report's where it says something: 10 epochs, learning rate 1e-5, dropout 0.3 before the heads, no weight decay.</summary>
public sealed record MultitaskTrainingSettings
{
    /// <value>Joint (default) or alternating.</value>
    public Interleaving Interleaving { get; init; }

    /// <value>Epochs, batch size of tasks that have none of their own, learning rate.</value>
    public FineTuningOptions FineTuning { get; init; } = new() { Epochs = 10, LearningRate = 1e-5f, Keep = KeptEpoch.Best };

    /// <value>Optimiser, dropout, threads.</value>
    public TrainerOptions Trainer { get; init; } = new() { AdamW = new AdamWSettings(Epsilon: 1e-6f, WeightDecay: 0), PooledDropout = 0.3f };

    /// <value>What the trunk runs in where it is scored. Default float32.</value>
    public Precision ScoredIn { get; init; }
}

/// <summary>Where a training stands after a step.</summary>
/// <param name="Epoch">Current epoch, from 1.</param>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Steps of all epochs.</param>
/// <param name="Loss">The step's loss, summed over the tasks.</param>
/// <param name="Remaining">Estimated time left, validation left out.</param>
public readonly record struct MultitaskProgress(int Epoch, int Step, int TotalSteps, double Loss, TimeSpan Remaining);

/// <summary>One finished epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Losses">Mean loss of each task over the epoch's steps, in the set's order.</param>
/// <param name="Validation">Scores after it.</param>
/// <param name="Seconds">Time of the epoch without validation.</param>
/// <param name="Tokens">Tokens of the epoch's batches.</param>
public sealed record MultitaskEpoch(int Epoch, IReadOnlyList<double> Losses, MultitaskScores Validation, double Seconds, long Tokens);
