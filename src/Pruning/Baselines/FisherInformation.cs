using Endpoints.Bert;
using Endpoints.Bert.Training;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Importance;

namespace Endpoints.Pruning.Baselines;

/// <summary>Gradients of the mean loss of several batches with respect to the masks of one kind, all masks being 1.</summary>
/// <param name="ByLayer">For each layer, one vector a mask: its gradient in every batch.</param>
internal sealed record MaskGradientVectors(double[][][] ByLayer)
{
    /// <summary>The diagonal of the empirical Fisher information: the sum of a mask's squared gradients.</summary>
    public double[][] Diagonal() => [.. ByLayer.Select(layer => layer.Select(vector => vector.Sum(value => value * value)).ToArray())];
}

/// <summary>Phase 0 of retraining-free pruning: one gradient a batch, of the batch's mean loss.</summary>
internal sealed record FisherInformation(MaskGradientVectors Heads, MaskGradientVectors Units)
{
    public static FisherInformation Of(BertParameters parameters, LabelledEncodings examples, int batchSize, int threads, CancellationToken cancellationToken) =>
        Of(parameters, [.. TrainingSample.Batches(examples, batchSize)], threads, cancellationToken);

    public static FisherInformation Of(BertParameters parameters, IReadOnlyList<(TokenBatch Batch, ILoss Loss)> batches, int threads, CancellationToken cancellationToken)
    {
        double[][][] heads = Vectors(parameters.Config.Layers.Select(layer => layer.Heads), batches.Count);
        double[][][] units = Vectors(parameters.Config.Layers.Select(layer => layer.Units), batches.Count);
        using var gradients = new MaskGradients(parameters, threads);
        for (int batch = 0; batch < batches.Count; batch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            MaskGradient gradient = gradients.Compute(batches[batch].Batch, batches[batch].Loss);
            for (int layer = 0; layer < heads.Length; layer++)
            {
                Add(gradient.Heads[layer], heads[layer], batch);
                Add(gradient.Units[layer], units[layer], batch);
            }
        }

        return new FisherInformation(new(heads), new(units));
    }

    private static double[][][] Vectors(IEnumerable<int> counts, int batches) =>
        [.. counts.Select(count => Enumerable.Range(0, count).Select(_ => new double[batches]).ToArray())];

    /// <summary>The sum over a batch's sequences is the gradient of its mean loss.</summary>
    private static void Add(float[] gradient, double[][] vectors, int batch)
    {
        for (int i = 0; i < gradient.Length; i++)
        {
            vectors[i % vectors.Length][batch] += gradient[i];
        }
    }
}
