using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.FineTuning;

/// <summary>Alternating training (ATS): random sub-networks in even steps, the super-network in odd ones, on the labels.</summary>
internal sealed class AlternatingStrategy(StrategyContext context) : IFineTuningStrategy
{
    private readonly SubNetworkPasses _passes = new(context, defaultCount: 1, leastCount: 1);

    public string Name => "alternating";

    [ModuleInitializer]
    internal static void Register() => Catalogs.FineTuningStrategies.Add("alternating", context => new AlternatingStrategy(context));

    public float Accumulate(TrainingStep step) => step.Index % 2 == 0
        ? SubNetworkPasses.Random(step, _passes.Draw(step), step.LabelLoss)
        : _passes.Full(step, step.NewLogits());
}
