using System.Runtime.CompilerServices;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.FineTuning;

/// <summary>
/// Random sub-networks more and more often (section 3.2 of the paper): in step t of T (from 0) random sub-networks with probability t / (T - 1), else the
/// super-network, on the labels.
/// </summary>
internal sealed class RandomLinearStrategy(StrategyContext context) : IFineTuningStrategy
{
    private readonly SubNetworkPasses _passes = new(context, defaultCount: 1, leastCount: 1);

    public string Name => "random-linear";

    [ModuleInitializer]
    internal static void Register() => Catalogs.FineTuningStrategies.Add("random-linear", context => new RandomLinearStrategy(context));

    public float Accumulate(TrainingStep step)
    {
        // Drawn in any case, and before the coin: where sub-networks train, they are those that every other strategy trains in this step.
        SubNetwork[] drawn = _passes.Draw(step);
        double probability = step.TotalSteps > 1 ? (double)step.Index / (step.TotalSteps - 1) : 0;
        return step.Random.NextDouble() < probability
            ? SubNetworkPasses.Random(step, drawn, step.LabelLoss)
            : _passes.Full(step, step.NewLogits());
    }
}
