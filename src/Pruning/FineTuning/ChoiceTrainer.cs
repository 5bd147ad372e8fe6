using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;

namespace Endpoints.Pruning.FineTuning;

/// <summary>
/// A trainer of a multiple choice: every loss, a strategy's distillation too, sees the logits of an example's choices as one row. So strategies need
/// not know of choices.
/// </summary>
internal sealed class ChoiceTrainer(ITrainer trainer, int choices) : ITrainer
{
    public BertConfig Config => trainer.Config;

    public float Accumulate(SubNetwork subNetwork, TokenBatch batch, ILoss loss, Span<float> logits) =>
        trainer.Accumulate(subNetwork, batch, new ChoiceLoss(loss, choices), logits);

    public void Forward(SubNetwork subNetwork, TokenBatch batch, Span<float> logits) => trainer.Forward(subNetwork, batch, logits);

    public float Step(float learningRate) => trainer.Step(learningRate);
}
