using System.Runtime.CompilerServices;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.FineTuning;

/// <summary>The sandwich rule (section 3.2 of the paper): the super-network, k random sub-networks and the smallest one, each on the labels.</summary>
internal sealed class SandwichStrategy(StrategyContext context) : IFineTuningStrategy
{
    private readonly SubNetworkPasses _passes = new(context, defaultCount: 2, leastCount: 0);

    public string Name => "sandwich";

    [ModuleInitializer]
    internal static void Register() => Catalogs.FineTuningStrategies.Add("sandwich", context => new SandwichStrategy(context));

    public float Accumulate(TrainingStep step)
    {
        SubNetwork[] drawn = _passes.Draw(step);
        float loss = _passes.Full(step, step.NewLogits());
        SubNetworkPasses.Random(step, drawn, step.LabelLoss);
        _passes.Smallest(step, step.LabelLoss);
        return loss;
    }
}
