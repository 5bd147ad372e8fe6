using System.Runtime.CompilerServices;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Pruning.FineTuning;

/// <summary>
/// In-place distillation (section 3.2 of the paper): k random sub-networks follow the super-network's logits of the same batch. The super-network learns from
/// the labels, unless <see cref="StrategyOptions.TrainTeacher"/> leaves it to what its shared weights become, as the published code did.
/// </summary>
internal sealed class DistillationStrategy(StrategyContext context) : IFineTuningStrategy
{
    private readonly SubNetworkPasses _passes = new(context, defaultCount: 2, leastCount: 1);
    private readonly bool _trainTeacher = context.Options.TrainTeacher;

    public string Name => "distillation";

    [ModuleInitializer]
    internal static void Register() => Catalogs.FineTuningStrategies.Add("distillation", context => new DistillationStrategy(context));

    public float Accumulate(TrainingStep step)
    {
        SubNetwork[] drawn = _passes.Draw(step);
        return _trainTeacher ? TrainTeacher(step, drawn) : FollowOnly(step, drawn);
    }

    private float TrainTeacher(TrainingStep step, SubNetwork[] drawn)
    {
        float[] teacher = step.NewLogits();
        float loss = _passes.Full(step, teacher);
        SubNetworkPasses.Random(step, drawn, _passes.Distillation(step, teacher));
        return loss;
    }

    private float FollowOnly(TrainingStep step, SubNetwork[] drawn)
    {
        float[] teacher = step.TeacherLogits ?? _passes.Watch(step);
        SubNetworkPasses.Random(step, drawn, _passes.Distillation(step, teacher));
        return step.LabelLoss.Compute(teacher, step.Trainer.Config.LabelCount, new float[teacher.Length]);
    }
}
