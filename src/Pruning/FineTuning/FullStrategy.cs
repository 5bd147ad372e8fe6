using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.FineTuning;

/// <summary>
/// The sandwich rule with in-place distillation (section 3.2 of the paper): the super-network learns from the labels; k random sub-networks and the
/// smallest one learn from the labels and from the super-network's logits of the same pass, which are constants to them.
/// </summary>
internal sealed class FullStrategy : IFineTuningStrategy
{
    private readonly ISearchSpace _space;
    private readonly StrategyOptions _options;
    private readonly SubNetwork _largest;
    private readonly SubNetwork _smallest;

    public FullStrategy(StrategyContext context)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(context.Options.RandomSubNetworks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(context.Options.Temperature);
        (_space, _options) = (context.Space, context.Options);
        _largest = SubNetwork.Full(_space.SuperNetwork);
        _smallest = _options.Smallest ?? _space.SubNetworkAt(_space.Smallest);
    }

    public string Name => "full";

    [ModuleInitializer]
    internal static void Register() => Catalogs.FineTuningStrategies.Add("full", context => new FullStrategy(context));

    public float Accumulate(TrainingStep step)
    {
        int logitCount = step.Batch.Count * step.Trainer.Config.LabelCount;
        float[] teacher = new float[logitCount];
        float[] student = new float[logitCount];
        float loss = step.Trainer.Accumulate(_largest, step.Batch, step.LabelLoss, teacher);
        ILoss studentLoss = StudentLoss(step, teacher);
        for (int i = 0; i < _options.RandomSubNetworks; i++)
        {
            step.Trainer.Accumulate(_space.SubNetworkAt(_space.Sample(step.Random)), step.Batch, studentLoss, student);
        }

        step.Trainer.Accumulate(_smallest, step.Batch, studentLoss, student);
        return loss;
    }

    private ILoss StudentLoss(TrainingStep step, float[] teacher)
    {
        var distillation = new DistillationLoss(teacher, _options.Temperature, _options.SquareTemperature);
        return _options.LabelTerm && step.Trainer.Config.ProblemType != ProblemType.Regression
            ? new WeightedSum((step.LabelLoss, 1), (distillation, 1))
            : distillation;
    }
}
