using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.FineTuning;

/// <summary>Random sub-networks alone (section 3.2 of the paper): in every step k of them, by default one, on the labels.</summary>
internal sealed class RandomStrategy(StrategyContext context) : IFineTuningStrategy
{
    private readonly SubNetworkPasses _passes = new(context, defaultCount: 1, leastCount: 1);

    public string Name => "random";

    [ModuleInitializer]
    internal static void Register() => Catalogs.FineTuningStrategies.Add("random", context => new RandomStrategy(context));

    public float Accumulate(TrainingStep step) => SubNetworkPasses.Random(step, _passes.Draw(step), step.LabelLoss);
}
