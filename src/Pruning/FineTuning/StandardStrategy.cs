using System.Runtime.CompilerServices;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.FineTuning;

/// <summary>Plain fine-tuning: the super-network alone learns from the labels.</summary>
internal sealed class StandardStrategy : IFineTuningStrategy
{
    public string Name => "standard";

    [ModuleInitializer]
    internal static void Register() => Catalogs.FineTuningStrategies.Add("standard", _ => new StandardStrategy());

    public float Accumulate(TrainingStep step) => step.Trainer.Accumulate(
        SubNetwork.Full(step.Trainer.Config), step.Batch, step.LabelLoss, new float[step.Batch.Count * step.Trainer.Config.LabelCount]);
}
