using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Importance;

namespace Endpoints.Pruning.Baselines;

/// <summary>
/// Whole layers, one after the other: first the one whose absence raises the training loss least, by a ranking made once in the whole network. No retraining.
/// </summary>
/// <param name="config">The network's shape.</param>
/// <param name="trainLoss">The mean training loss of a sub-network; first called when networks are asked for.</param>
/// <param name="examples">How many examples that loss is over, for <paramref name="phase"/>.</param>
/// <param name="phase">Hears which phase begins; may be null.</param>
internal sealed class StructuredPruning(BertConfig config, Func<SubNetwork, CancellationToken, double> trainLoss, int examples, Action<string>? phase) : IPruningMethod
{
    public const string MethodName = "structured";

    public string Name => MethodName;

    public bool ChangesWeights => false;

    public int Count => config.LayerCount + 1;

    [ModuleInitializer]
    internal static void Register() => PruningMethods.Catalog.Add(
        MethodName, context => new StructuredPruning(context.Parameters.Config, TrainLoss(context), context.Train.Count, context.Phase));

    public IEnumerable<PrunedNetwork> Prune(int first = 0, CancellationToken cancellationToken = default) => Series(cancellationToken).Skip(first);

    private IEnumerable<PrunedNetwork> Series(CancellationToken cancellationToken)
    {
        phase?.Invoke($"loss increase of {config.LayerCount} layers over {examples} training examples");
        double[] increase = LayerImportance.LossIncrease(config, trainLoss, cancellationToken);
        int[] order = [.. Enumerable.Range(0, increase.Length).OrderBy(layer => increase[layer])];
        bool[] keep = [.. Enumerable.Repeat(true, increase.Length)];
        yield return new PrunedNetwork(0, SubNetwork.Full(config));
        for (int i = 0; i < order.Length; i++)
        {
            keep[order[i]] = false;
            yield return new PrunedNetwork((i + 1.0) / order.Length, SubNetwork.Layer(config, keep))
            {
                Details = new Dictionary<string, double> { ["removed_layer"] = order[i], ["loss_increase"] = increase[order[i]] },
            };
        }
    }

    /// <summary>A classifier's loss; the network is loaded at the first call, for a finished run makes none.</summary>
    private static Func<SubNetwork, CancellationToken, double> TrainLoss(PruningContext context)
    {
        var network = new Lazy<ISuperNetwork>(() => context.Engine.Load(context.Parameters, context.Precision));
        var train = new Lazy<Evaluator>(() => new Evaluator(context.Train, (_, _) => double.NaN, lanes: context.Engine.LaneCount));
        return (subNetwork, cancellationToken) => LayerImportance.Loss(network.Value, subNetwork, train.Value, cancellationToken);
    }
}
