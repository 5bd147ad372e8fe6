using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bert.Training;

/// <summary>A super-network in training: any sub-network of it can take part in an update step. Not thread-safe.</summary>
public interface ITrainer
{
    /// <summary>The super-network's shape.</summary>
    BertConfig Config { get; }

    /// <summary>
    /// One pass of a sub-network, run as a view of the weights: forward, loss, backward. Its gradients are added to those of earlier passes of the step.
    /// </summary>
    /// <param name="subNetwork">What runs.</param>
    /// <param name="batch">At least one sequence.</param>
    /// <param name="loss">The loss of the batch's logits.</param>
    /// <param name="logits">Receives (<see cref="TokenBatch.Count"/> × <see cref="BertConfig.LabelCount"/>) logits, row by row.</param>
    /// <returns>The mean loss.</returns>
    float Accumulate(SubNetwork subNetwork, TokenBatch batch, ILoss loss, Span<float> logits);

    /// <summary>The forward half of a pass alone, with the dropout of training: adds no gradient and marks no weight as used.</summary>
    /// <param name="subNetwork">What runs.</param>
    /// <param name="batch">At least one sequence.</param>
    /// <param name="logits">Receives (<see cref="TokenBatch.Count"/> × <see cref="BertConfig.LabelCount"/>) logits, row by row.</param>
    void Forward(SubNetwork subNetwork, TokenBatch batch, Span<float> logits);

    /// <summary>Ends an update step: clips the gradients' global norm, applies AdamW, clears the gradients.</summary>
    /// <param name="learningRate">The step's learning rate.</param>
    /// <returns>The gradients' norm before clipping.</returns>
    float Step(float learningRate);
}
