using System.Runtime.CompilerServices;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;

namespace Endpoints.Pruning.FineTuning;

/// <summary>Plain fine-tuning: the network as a whole learns from the labels, and from a fixed teacher where there is one.</summary>
internal sealed class StandardStrategy(StrategyOptions options) : IFineTuningStrategy
{
    public string Name => "standard";

    [ModuleInitializer]
    internal static void Register() => Catalogs.FineTuningStrategies.Add("standard", context => new StandardStrategy(context.Options));

    public float Accumulate(TrainingStep step)
    {
        ILoss loss = step.TeacherLogits is { } teacher ? SubNetworkPasses.Distillation(step, teacher, options) : step.LabelLoss;
        return step.Run(PassKind.Full, SubNetwork.Full(step.Trainer.Config), loss, step.NewLogits());
    }
}
