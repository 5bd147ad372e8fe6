using Endpoints.Bert;
using Endpoints.Bert.Training;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Importance;

/// <summary>
/// How much each head and unit matters: the mean over examples of |dL/dm|, the gradient of the example's own loss with respect to a mask at 1 (Michel et al.
/// 2019, equation 2). Higher matters more.
/// </summary>
/// <param name="Heads">One score a head, for each layer; empty where the layer has no attention block.</param>
/// <param name="Units">One score a unit, likewise.</param>
public sealed record MaskImportance(IReadOnlyList<double[]> Heads, IReadOnlyList<double[]> Units)
{
    /// <summary>Runs the network forward and backward over the examples, without dropout; no weight changes.</summary>
    /// <param name="parameters">The network.</param>
    /// <param name="examples">Training examples: scores from data that is evaluated on later would leak it.</param>
    /// <param name="batchSize">Examples at a time; changes the speed only. At least 1.</param>
    /// <param name="threads">Threads; 0 takes every processor.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public static MaskImportance Of(
        BertParameters parameters, LabelledEncodings examples, int batchSize = 32, int threads = 0, CancellationToken cancellationToken = default)
    {
        examples.CheckFit(parameters.Config);
        double[][] heads = [.. parameters.Config.Layers.Select(layer => new double[layer.Heads])];
        double[][] units = [.. parameters.Config.Layers.Select(layer => new double[layer.Units])];
        using var gradients = new MaskGradients(parameters, threads);
        foreach ((TokenBatch batch, ILoss loss) in TrainingSample.Batches(examples, batchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            MaskGradient gradient = gradients.Compute(batch, loss);
            for (int layer = 0; layer < heads.Length; layer++)
            {
                Add(gradient.Heads[layer], gradient.Count, heads[layer], examples.Count);
                Add(gradient.Units[layer], gradient.Count, units[layer], examples.Count);
            }
        }

        return new MaskImportance(heads, units);
    }

    /// <summary>Most important first, in each layer; equals keep their order.</summary>
    internal static int[] Order(double[] scores) => [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i])];

    /// <summary>Each row is one sequence's share in the gradient of the batch's mean loss; times the number of sequences it is that of its own loss.</summary>
    private static void Add(float[] gradient, int rows, double[] sums, int examples)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            sums[i % sums.Length] += Math.Abs(gradient[i]) * (double)rows / examples;
        }
    }
}
