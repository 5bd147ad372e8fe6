using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.FineTuning;

/// <summary>The passes that strategies are made of. Gradients of all passes of a step are summed, so their order does not matter.</summary>
internal sealed class SubNetworkPasses
{
    private readonly ISearchSpace _space;
    private readonly StrategyOptions _options;
    private readonly SubNetwork _largest;
    private readonly SubNetwork _smallest;
    private readonly int _count;

    /// <summary>Checks the options before any pass.</summary>
    /// <param name="context">Space and options.</param>
    /// <param name="defaultCount">Random sub-networks in a step where the options name no number.</param>
    /// <param name="leastCount">The least number that makes sense.</param>
    public SubNetworkPasses(StrategyContext context, int defaultCount, int leastCount)
    {
        (_space, _options) = (context.Space, context.Options);
        _count = _options.RandomSubNetworks ?? defaultCount;
        Check(_count >= leastCount, nameof(StrategyOptions.RandomSubNetworks), _count, $"at least {leastCount}");
        Check(
            _options.Temperature > 0 && float.IsFinite(_options.Temperature), nameof(StrategyOptions.Temperature), _options.Temperature, "a number above 0");
        _largest = SubNetwork.Full(_space.SuperNetwork);
        _smallest = _options.Smallest ?? _space.SubNetworkAt(_space.Smallest);
    }

    /// <summary>The super-network on the labels.</summary>
    /// <param name="step">The step.</param>
    /// <param name="logits">Receives its logits.</param>
    /// <returns>Its loss.</returns>
    public float Full(TrainingStep step, float[] logits) => step.Run(PassKind.Full, _largest, step.LabelLoss, logits);

    /// <summary>The super-network's logits, without learning from them; dropout is as in any other pass.</summary>
    public float[] Watch(TrainingStep step)
    {
        float[] logits = step.NewLogits();
        step.Trainer.Forward(_largest, step.Batch, logits);
        return logits;
    }

    /// <summary>The step's random sub-networks: always the first thing drawn from its generator, so that all strategies of one seed train the same ones.</summary>
    public SubNetwork[] Draw(TrainingStep step) => [.. Enumerable.Range(0, _count).Select(_ => _space.SubNetworkAt(_space.Sample(step.Random)))];

    /// <summary>Sub-networks that were drawn.</summary>
    /// <returns>Their mean loss; 0 of none.</returns>
    public static float Random(TrainingStep step, IReadOnlyList<SubNetwork> drawn, ILoss loss)
    {
        float[] logits = step.NewLogits();
        float sum = 0;
        foreach (SubNetwork subNetwork in drawn)
        {
            sum += step.Run(PassKind.Random, subNetwork, loss, logits);
        }

        return drawn.Count == 0 ? 0 : sum / drawn.Count;
    }

    /// <summary>The smallest sub-network.</summary>
    public void Smallest(TrainingStep step, ILoss loss) => step.Run(PassKind.Smallest, _smallest, loss, step.NewLogits());

    /// <summary>What a sub-network learns from: the teacher, and the labels where the options have that term; a regression follows the teacher alone.</summary>
    /// <param name="step">The step.</param>
    /// <param name="ownTeacher">The super-network's logits, where the step brings no fixed teacher's.</param>
    public ILoss Distillation(TrainingStep step, float[] ownTeacher) => Distillation(step, ownTeacher, _options);

    /// <inheritdoc cref="Distillation(TrainingStep, float[])"/>
    public static ILoss Distillation(TrainingStep step, float[] ownTeacher, StrategyOptions options)
    {
        var distillation = new DistillationLoss(step.TeacherLogits ?? ownTeacher, options.Temperature, options.SquareTemperature);
        return options.LabelTerm && step.Trainer.Config.ProblemType != ProblemType.Regression
            ? new WeightedSum((step.LabelLoss, 1), (distillation, 1))
            : distillation;
    }

    private static void Check(bool holds, string name, object value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {expected}.");
        }
    }
}
