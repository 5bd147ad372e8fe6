using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Baselines;

/// <summary>A pruning method that searches compare themselves with: one fine-tuned network in, a series of ever smaller ones out. These are the methods that the paper compares weight-sharing NAS with, and the report's.</summary>
public interface IPruningMethod
{
    /// <summary>The name that users choose it by, for example <c>heads</c>.</summary>
    string Name { get; }

    /// <summary>True where pruned networks have weights that the super-network does not have.</summary>
    bool ChangesWeights { get; }

    /// <summary>How many networks <see cref="Prune"/> gives.</summary>
    int Count { get; }

    /// <summary>
    /// The networks from number <paramref name="first"/> on, each made when it is asked for; number 0 is the whole one, the others follow by growing
    /// sparsity. Same context, same networks, wherever they begin (where the budget is a measured latency, as far as that is the same twice).
    /// </summary>
    IEnumerable<PrunedNetwork> Prune(int first = 0, CancellationToken cancellationToken = default);
}

/// <summary>One network of a series.</summary>
/// <param name="Level">How much the method was asked to remove, from 0 to 1, in its own measure: heads, layers, multiply-adds or weights.</param>
/// <param name="SubNetwork">What remains of the super-network's structure.</param>
public sealed record PrunedNetwork(double Level, SubNetwork SubNetwork)
{
    /// <value>Weights of its own, in the shape of <see cref="SubNetwork"/>'s config; null (default) where they are the super-network's.</value>
    public BertParameters? Weights { get; init; }

    /// <value>Weights that were set to zero where they stand. Default 0.</value>
    public long Zeroed { get; init; }

    /// <value>Figures of the method worth keeping, by name.</value>
    public IReadOnlyDictionary<string, double> Details { get; init; } = new Dictionary<string, double>();
}

/// <summary>What pruning methods work with.</summary>
public sealed record PruningContext
{
    /// <value>The fine-tuned network; methods leave it as it is.</value>
    public required BertParameters Parameters { get; init; }

    /// <value>Training examples that methods may look at.</value>
    public required LabelledEncodings Train { get; init; }

    /// <value>Runs networks.</value>
    public required CpuEngine Engine { get; init; }

    /// <value>The method's switches.</value>
    public PruningOptions Options { get; init; } = new();

    /// <value>What networks run in where a method evaluates or times them. Default float32.</value>
    public Precision Precision { get; init; }

    /// <value>Threads of gradients and solvers; 0 (default) takes every processor.</value>
    public int Threads { get; init; }

    /// <value>The clock.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <value>Hears which phase of a method begins; may be null.</value>
    public Action<string>? Phase { get; init; }
}

/// <summary>Switches of the pruning methods, with their sources' values as defaults.</summary>
public sealed record PruningOptions
{
    /// <value>heads: divide each layer's scores by their length before layers are compared. Default true.</value>
    public bool NormalizeLayers { get; init; } = true;

    /// <value>heads: compute scores anew after each step. Default false.</value>
    public bool Exact { get; init; }

    /// <value>heads: that many of the best heads of every layer are never pruned. Default 0.</value>
    public int ProtectedHeads { get; init; }

    /// <value>rfp: the budget is a share of measured latency instead of multiply-adds. Default false.</value>
    public bool LatencyBudget { get; init; }

    /// <value>rfp: exchange pruned and kept ones so that their errors cancel (phase 2). Default true.</value>
    public bool Rearrange { get; init; } = true;

    /// <value>rfp: scale what is kept to make up for what is not (phase 3). Default true.</value>
    public bool Tune { get; init; } = true;

    /// <value>unstructured: the same share of each layer, instead of one threshold for all. Default false.</value>
    public bool PerLayer { get; init; }

    /// <value>Levels to prune at, ascending, each above 0 and at most 1; null (default) takes the method's own.</value>
    public IReadOnlyList<double>? Levels { get; init; }

    internal IReadOnlyList<double> LevelsOr(IEnumerable<double> usual)
    {
        IReadOnlyList<double> levels = Levels ?? [.. usual];
        return levels.Count > 0 && levels.All(level => level > 0 && level <= 1) && levels.Zip(levels.Skip(1)).All(pair => pair.First < pair.Second)
            ? levels
            : throw new ArgumentException($"Levels of pruning ascend, above 0 and at most 1: found {string.Join(", ", levels)}.");
    }
}

/// <summary>The pruning methods, by name.</summary>
public static class PruningMethods
{
    /// <summary>What there is to choose from.</summary>
    public static Catalog<PruningContext, IPruningMethod> Catalog { get; } = new("pruning method");
}
