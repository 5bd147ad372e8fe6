using Endpoints.Bert.Training;
using Endpoints.Pruning.FineTuning;

namespace Endpoints.Pruning.StandAlone;

/// <summary>How a stand-alone search fine-tunes every sub-network.</summary>
public sealed record StandAloneSettings
{
    /// <value>Epochs, batches, learning rate, seed; every epoch is validated and the best counts. Default the paper's 5 epochs at 2e-5.</value>
    public FineTuningOptions FineTuning { get; init; } = new();

    /// <value>Optimiser, dropout, threads, precision of the training.</value>
    public TrainerOptions Trainer { get; init; } = new();
}
