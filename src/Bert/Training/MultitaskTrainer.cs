using Endpoints.Bert.Multitask;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bert.Training;

/// <summary>
/// Trains a multitask network in place: a pass runs one head over a batch of its task, and gradients of all passes of a step are summed. A head that no pass of a step
/// has used keeps its weights and moments. Not thread-safe.
/// </summary>
public sealed class MultitaskTrainer : IDisposable
{
    private readonly Trainer _trainer;
    private readonly TrainingHead[] _heads;

    /// <summary>Prepares to train <paramref name="parameters"/>, which <see cref="Step"/> updates in place.</summary>
    /// <exception cref="ArgumentException">The precision is int8.</exception>
    public MultitaskTrainer(MultitaskParameters parameters, TrainerOptions options)
    {
        Parameters = parameters;
        _heads = [.. parameters.Heads.Select(head => new TrainingHead(head, TaskHead.Zeros(head.Config, parameters.Trunk.Config.HiddenSize)))];
        _trainer = new Trainer(parameters.Trunk, options, _heads);
    }

    /// <summary>The weights being trained.</summary>
    public MultitaskParameters Parameters { get; }

    /// <summary>The sum of the gradients of this step's passes so far: the trunk's, then each head's.</summary>
    internal IEnumerable<NamedTensor> Gradients => _trainer.Gradients.Tensors().Concat(_heads.SelectMany(head => head.Gradients.Tensors()));

    /// <summary>One pass: forward, loss, backward.</summary>
    /// <param name="subNetwork">What of the trunk runs.</param>
    /// <param name="head">The head's name.</param>
    /// <param name="batch">The task's sequences; the two of a siamese head's example stand one after the other.</param>
    /// <param name="loss">Of the head's outputs.</param>
    /// <param name="outputs">Receives (examples × <see cref="HeadConfig.OutputsPerExample"/>) logits or scores.</param>
    /// <returns>The mean loss.</returns>
    /// <exception cref="ArgumentException">There is no such head, or the batch holds half an example.</exception>
    public float Accumulate(SubNetwork subNetwork, string head, TokenBatch batch, ILoss loss, Span<float> outputs)
    {
        TrainingHead run = _heads[Parameters.Heads.IndexOf(Parameters.Head(head))];
        HeadRunner.Examples(run.Parameters.Config, batch);
        return _trainer.Accumulate(subNetwork, batch, run, loss, outputs);
    }

    /// <summary>Ends an update step: clips the gradients' global norm, applies AdamW, clears the gradients.</summary>
    /// <returns>The gradients' norm before clipping.</returns>
    public float Step(float learningRate)
    {
        foreach (TrainingHead head in _heads)
        {
            head.WeightsChanged();
        }

        return _trainer.Step(learningRate);
    }

    /// <summary>Ends the threads and frees the memory; the weights stay.</summary>
    public void Dispose()
    {
        _trainer.Dispose();
        foreach (TrainingHead head in _heads)
        {
            head.Dispose();
        }
    }
}
