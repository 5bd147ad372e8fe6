using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Bert.Training;

/// <summary>d loss / d mask of one batch at masks 1: what importance scores and Fisher information are made of.</summary>
/// <param name="Loss">The batch's mean loss.</param>
/// <param name="Count">Its sequences.</param>
/// <param name="Heads">
/// (sequences × heads) of each layer, row by row: the share of each sequence in the gradient of the mean loss; times <paramref name="Count"/> it is the
/// gradient of that sequence's own loss, and the sum over the sequences is the batch's. Empty where the layer has no attention block.
/// </param>
/// <param name="Units">(sequences × units) of each layer, likewise.</param>
public sealed record MaskGradient(float Loss, int Count, IReadOnlyList<float[]> Heads, IReadOnlyList<float[]> Units);

/// <summary>
/// Gradients of the loss with respect to masks on head outputs (before the output projection) and on activations (after GELU), all masks being 1: no
/// dropout, weights neither changed nor given gradients. Not thread-safe.
/// </summary>
public sealed class MaskGradients : IDisposable
{
    private readonly Trainer _trainer;
    private readonly SubNetwork _whole;

    /// <summary>Packs the weights, which must not change while this lives.</summary>
    /// <param name="parameters">The network; blocks may be absent.</param>
    /// <param name="threads">Threads; 0 (default) takes every processor.</param>
    /// <param name="precision">What the encoder's products run in. Default float32.</param>
    public MaskGradients(BertParameters parameters, int threads = 0, Precision precision = Precision.Float32)
    {
        _trainer = new Trainer(parameters, new TrainerOptions { Dropout = 0, Threads = threads, Precision = precision, FreezeWeights = true });
        _whole = SubNetwork.Full(parameters.Config);
    }

    /// <summary>One forward and backward of a batch.</summary>
    /// <exception cref="ArgumentException">The batch does not fit the network, or the loss the batch.</exception>
    public MaskGradient Compute(TokenBatch batch, ILoss loss)
    {
        var recorder = new MaskGradientRecorder(_trainer.Config.LayerCount, batch.Count);
        _trainer.Masks = recorder;
        float value = _trainer.Accumulate(_whole, batch, loss, new float[batch.Count * _trainer.Config.LabelCount]);
        return new MaskGradient(value, batch.Count, recorder.HeadGradients, recorder.UnitGradients);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _trainer.Dispose();
}
