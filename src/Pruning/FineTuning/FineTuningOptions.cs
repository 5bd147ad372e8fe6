namespace Endpoints.Pruning.FineTuning;

/// <summary>Which epoch's weights a fine-tuning keeps.</summary>
public enum KeptEpoch
{
    /// <summary>The last one's.</summary>
    Last,

    /// <summary>Those of the epoch with the best validation score, the earliest of equals.</summary>
    Best,
}

/// <summary>How to fine-tune; defaults are the settings of section 4 of the paper.</summary>
public sealed record FineTuningOptions
{
    /// <value>Passes over the examples. Default 5; at least 1.</value>
    public int Epochs { get; init; } = 5;

    /// <value>Examples in an update step; the last of an epoch may have fewer. Default 8; at least 1.</value>
    public int BatchSize { get; init; } = 8;

    /// <value>Highest learning rate. Default 2e-5; above 0.</value>
    public float LearningRate { get; init; } = 2e-5f;

    /// <value>Share of all steps over which the learning rate rises, rounded up to whole steps. Default 0; from 0 to less than 1.</value>
    public double WarmUp { get; init; }

    /// <value>Order of the examples and choice of random sub-networks.</value>
    public int Seed { get; init; }

    /// <value>Which epoch's weights are kept. Default the last one's.</value>
    public KeptEpoch Keep { get; init; }

    internal void Validate()
    {
        Check(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Check(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        Check(LearningRate > 0 && float.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "above 0");
        Check(WarmUp >= 0 && WarmUp < 1, nameof(WarmUp), WarmUp, "from 0 to less than 1");
    }

    private static void Check(bool valid, string name, object value, string expected)
    {
        if (!valid)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {expected}.");
        }
    }
}

/// <summary>Where a fine-tuning stands after an update step.</summary>
/// <param name="Epoch">Current epoch, from 1.</param>
/// <param name="Step">Steps done.</param>
/// <param name="TotalSteps">Steps of all epochs.</param>
/// <param name="Loss">The step's mean loss against the labels.</param>
/// <param name="LearningRate">The step's learning rate.</param>
/// <param name="GradientNorm">The step's gradient norm before clipping.</param>
/// <param name="ExamplesPerSecond">Examples a second since the start, validation left out.</param>
/// <param name="TokensPerSecond">Tokens of those examples a second; a step's several passes count once.</param>
/// <param name="Remaining">Estimated time left, validation included.</param>
public readonly record struct FineTuningProgress(
    int Epoch, int Step, int TotalSteps, float Loss, float LearningRate, float GradientNorm, double ExamplesPerSecond, double TokensPerSecond, TimeSpan Remaining);

/// <summary>One finished epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean loss against the labels over the epoch's examples.</param>
/// <param name="Score">Validation score; larger is better.</param>
/// <param name="Seconds">Time of the epoch without validation.</param>
/// <param name="Tokens">Tokens of the epoch's examples; a step's several passes count once.</param>
public sealed record EpochResult(int Epoch, double Loss, double Score, double Seconds, long Tokens)
{
    /// <summary>Tokens a second; 0 where the clock did not move.</summary>
    public double TokensPerSecond => Seconds > 0 ? Tokens / Seconds : 0;
}

/// <summary>A finished fine-tuning.</summary>
/// <param name="Epochs">Every epoch, in order.</param>
/// <param name="Kept">The epoch whose weights were kept.</param>
public sealed record FineTuningResult(IReadOnlyList<EpochResult> Epochs, EpochResult Kept)
{
    /// <value>What the passes of the update steps cost, kind by kind.</value>
    public IReadOnlyList<PassCost> Passes { get; init; } = [];
}
