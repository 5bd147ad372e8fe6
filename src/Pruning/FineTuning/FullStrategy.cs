using System.Runtime.CompilerServices;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;

namespace Endpoints.Pruning.FineTuning;

/// <summary>
/// The sandwich rule with in-place distillation (section 3.2 of the paper): the super-network learns from the labels; k random sub-networks and the
/// smallest one learn from the labels and from the super-network's logits of the same pass, which are constants to them.
/// </summary>
internal sealed class FullStrategy(StrategyContext context) : IFineTuningStrategy
{
    private readonly SubNetworkPasses _passes = new(context, defaultCount: 2, leastCount: 0);

    public string Name => "full";

    [ModuleInitializer]
    internal static void Register() => Catalogs.FineTuningStrategies.Add("full", context => new FullStrategy(context));

    public float Accumulate(TrainingStep step)
    {
        SubNetwork[] drawn = _passes.Draw(step);
        float[] teacher = step.NewLogits();
        float loss = _passes.Full(step, teacher);
        ILoss distillation = _passes.Distillation(step, teacher);
        SubNetworkPasses.Random(step, drawn, distillation);
        _passes.Smallest(step, distillation);
        return loss;
    }
}
