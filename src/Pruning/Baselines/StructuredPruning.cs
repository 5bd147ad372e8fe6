using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Importance;

namespace Endpoints.Pruning.Baselines;

/// <summary>
/// Whole layers, one after the other: first the one whose absence raises the training loss least, by a ranking made once in the whole network. No retraining.
/// </summary>
internal sealed class StructuredPruning(PruningContext context) : IPruningMethod
{
    public string Name => "structured";

    public bool ChangesWeights => false;

    public int Count => context.Parameters.Config.LayerCount + 1;

    [ModuleInitializer]
    internal static void Register() => PruningMethods.Catalog.Add("structured", context => new StructuredPruning(context));

    public IEnumerable<PrunedNetwork> Prune(int first = 0, CancellationToken cancellationToken = default) => Series(cancellationToken).Skip(first);

    private IEnumerable<PrunedNetwork> Series(CancellationToken cancellationToken)
    {
        BertConfig config = context.Parameters.Config;
        context.Phase?.Invoke($"loss increase of {config.LayerCount} layers over {context.Train.Count} training examples");
        ISuperNetwork network = context.Engine.Load(context.Parameters, context.Precision);
        var train = new Evaluator(context.Train, (_, _) => double.NaN, lanes: context.Engine.LaneCount);
        double[] increase = LayerImportance.LossIncrease(network, train, cancellationToken);
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
}
