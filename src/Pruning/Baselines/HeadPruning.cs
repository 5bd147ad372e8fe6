using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Importance;

namespace Endpoints.Pruning.Baselines;

/// <summary>
/// Attention heads, least important first (Michel, Levy and Neubig 2019): importance is the mean of |dL/dm| over training examples, each layer's divided by
/// its length. No retraining; feed-forward blocks stay whole.
/// </summary>
internal sealed class HeadPruning : IPruningMethod
{
    private readonly PruningContext _context;
    private readonly IReadOnlyList<double> _levels;
    private readonly int _total;

    public HeadPruning(PruningContext context)
    {
        int protectedHeads = context.Options.ProtectedHeads;
        ArgumentOutOfRangeException.ThrowIfNegative(protectedHeads);
        _context = context;
        _total = context.Parameters.Config.Layers.Sum(layer => layer.Heads);
        int prunable = context.Parameters.Config.Layers.Sum(layer => Math.Max(0, layer.Heads - protectedHeads));
        _levels = [.. context.Options.LevelsOr(Enumerable.Range(1, 20).Select(i => i / 20.0)).Where(level => Pruned(level) <= prunable)];
    }

    public string Name => "heads";

    public bool ChangesWeights => false;

    public int Count => _levels.Count + 1;

    [ModuleInitializer]
    internal static void Register() => PruningMethods.Catalog.Add("heads", context => new HeadPruning(context));

    public IEnumerable<PrunedNetwork> Prune(int first = 0, CancellationToken cancellationToken = default) => Series(cancellationToken).Skip(first);

    private IEnumerable<PrunedNetwork> Series(CancellationToken cancellationToken)
    {
        SubNetwork current = SubNetwork.Full(_context.Parameters.Config);
        yield return new PrunedNetwork(0, current);
        _context.Phase?.Invoke($"importance of {_total} heads over {_context.Train.Count} training examples");
        double[][] scores = Scores(current, cancellationToken);
        int pruned = 0;
        foreach (double level in _levels)
        {
            scores = _context.Options.Exact && pruned > 0 ? Scores(current, cancellationToken) : scores;
            current = Without(current, scores, Pruned(level) - pruned);
            pruned = Pruned(level);
            yield return new PrunedNetwork(level, current) { Details = new Dictionary<string, double> { ["pruned_heads"] = pruned } };
        }
    }

    private int Pruned(double level) => (int)Math.Round(level * _total);

    /// <summary>Scores of the kept heads in the network as it is now; the others' are 0.</summary>
    private double[][] Scores(SubNetwork current, CancellationToken cancellationToken)
    {
        BertParameters cut = SubNetworkExtractor.Extract(_context.Parameters, current);
        MaskImportance importance = MaskImportance.Of(cut, _context.Train, threads: _context.Threads, cancellationToken: cancellationToken);
        double[][] scores = [.. current.Layers.Select(layer => new double[layer.Heads.Total])];
        int next = 0;
        foreach ((LayerSelection layer, double[] target) in current.Layers.Zip(scores).Where(pair => !pair.First.IsEmpty))
        {
            double[] kept = importance.Heads[next++];
            double length = _context.Options.NormalizeLayers ? Math.Sqrt(kept.Sum(score => score * score)) : 1;
            for (int i = 0; i < kept.Length; i++)
            {
                // A layer whose scores are all 0 (its gradient vanished) is as unimportant as can be, not undefined.
                target[layer.Heads.Indices[i]] = length > 0 ? kept[i] / length : 0;
            }
        }

        return scores;
    }

    /// <summary>The network without its <paramref name="count"/> least important heads that are not protected.</summary>
    private SubNetwork Without(SubNetwork current, double[][] scores, int count)
    {
        bool[][] keep = [.. current.Layers.Select(layer => layer.Heads.ToMask())];
        IEnumerable<(int Layer, int Head)> candidates = current.Layers.SelectMany((layer, l) => layer.Heads.Indices
            .OrderBy(head => scores[l][head])
            .SkipLast(_context.Options.ProtectedHeads)
            .Select(head => (l, head)));
        foreach ((int layer, int head) in candidates.OrderBy(head => scores[head.Layer][head.Head]).Take(count))
        {
            keep[layer][head] = false;
        }

        return SubNetwork.Large(_context.Parameters.Config, [.. current.Layers.Select((layer, l) => layer with { Heads = Kept.FromMask(keep[l]) })]);
    }
}
