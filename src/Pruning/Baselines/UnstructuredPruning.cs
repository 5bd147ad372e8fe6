using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.Baselines;

/// <summary>
/// Single weights: those of least magnitude among the six dense matrices of every layer and the pooler's become zero, by one threshold for all (default)
/// or by one for each layer. Embeddings, biases, LayerNorms and the classifier stay. No retraining.
/// </summary>
/// <param name="parameters">The network; it is left as it is.</param>
/// <param name="options">Levels, and whether each layer has a threshold of its own.</param>
/// <param name="phase">Hears which phase begins; may be null.</param>
internal sealed class UnstructuredPruning(BertParameters parameters, PruningOptions options, Action<string>? phase) : IPruningMethod
{
    public const string MethodName = "unstructured";

    private const string PrunableSparsity = "prunable_sparsity";

    private readonly IReadOnlyList<double> _levels = options.LevelsOr([.. Enumerable.Range(1, 9).Select(i => i / 10.0), 0.95, 0.99]);

    public string Name => MethodName;

    public bool ChangesWeights => true;

    public int Count => _levels.Count + 1;

    [ModuleInitializer]
    internal static void Register() => PruningMethods.Catalog.Add(MethodName, context => new UnstructuredPruning(context.Parameters, context.Options, context.Phase));

    public IEnumerable<PrunedNetwork> Prune(int first = 0, CancellationToken cancellationToken = default)
    {
        SubNetwork whole = SubNetwork.Full(parameters.Config);
        if (first == 0)
        {
            yield return new PrunedNetwork(0, whole) { Details = new Dictionary<string, double> { [PrunableSparsity] = 0 } };
        }

        float[][][] groups = Groups(parameters, options.PerLayer);
        phase?.Invoke($"sorting {groups.Sum(Size):N0} weights by magnitude");
        float[][] magnitudes = [.. groups.Select(Sorted)];
        foreach (double level in _levels.Skip(first - 1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            BertParameters pruned = parameters.Clone();
            long zeroed = Groups(pruned, options.PerLayer).Zip(magnitudes).Sum(group => Prune(group.First, group.Second, level));
            yield return new PrunedNetwork(level, whole)
            {
                Weights = pruned,
                Zeroed = zeroed,
                Details = new Dictionary<string, double> { [PrunableSparsity] = zeroed / (double)groups.Sum(Size) },
            };
        }
    }

    /// <summary>Weights that may be pruned: 85,524,480 of BERT-base's.</summary>
    internal static long PrunableWeights(BertParameters parameters) => Groups(parameters, perLayer: false).Sum(Size);

    /// <summary>Matrices that share a threshold.</summary>
    private static float[][][] Groups(BertParameters parameters, bool perLayer)
    {
        IEnumerable<float[][]> layers = parameters.Layers.Select(layer => Matrices(layer).ToArray()).Append([parameters.Pooler.Weight]).Where(group => group.Length > 0);
        return perLayer ? [.. layers] : [[.. layers.SelectMany(group => group)]];
    }

    private static IEnumerable<float[]> Matrices(LayerParameters layer) =>
    [
        .. layer.Attention is { } a ? (float[][])[a.Query.Weight, a.Key.Weight, a.Value.Weight, a.Output.Weight] : [],
        .. layer.FeedForward is { } f ? (float[][])[f.Up.Weight, f.Down.Weight] : [],
    ];

    private static long Size(float[][] group) => group.Sum(matrix => matrix.LongLength);

    private static float[] Sorted(float[][] group)
    {
        float[] magnitudes = new float[Size(group)];
        int start = 0;
        foreach (float[] matrix in group)
        {
            for (int i = 0; i < matrix.Length; i++)
            {
                magnitudes[start + i] = Math.Abs(matrix[i]);
            }

            start += matrix.Length;
        }

        Array.Sort(magnitudes);
        return magnitudes;
    }

    /// <summary>Zeroes all that are smaller than the one at the level; those equal to it stay. Returns how many were zeroed.</summary>
    private static long Prune(float[][] group, float[] magnitudes, double level)
    {
        int count = (int)Math.Round(level * magnitudes.Length);
        float threshold = count < magnitudes.Length ? magnitudes[count] : float.PositiveInfinity;
        long zeroed = 0;
        foreach (float[] matrix in group)
        {
            for (int i = 0; i < matrix.Length; i++)
            {
                if (Math.Abs(matrix[i]) < threshold)
                {
                    matrix[i] = 0;
                    zeroed++;
                }
            }
        }

        return zeroed;
    }
}
