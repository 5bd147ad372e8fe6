using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Cascades;

/// <summary>Chooses a cascade's threshold for a promised accuracy, on examples that neither network learnt from nor was chosen on.</summary>
public static class CascadeSelection
{
    /// <summary>Runs both networks over held-out examples, and chooses the smallest threshold that keeps the promise.</summary>
    /// <param name="data">The task.</param>
    /// <param name="small">The network that is asked first.</param>
    /// <param name="large">The network that answers what the small one is not sure of.</param>
    /// <param name="settings">The promise.</param>
    /// <param name="engine">Runs them, on its first lane.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="ArgumentException">The networks do not fit each other or the task, or a setting is out of its range.</exception>
    public static CascadeReport Run(
        TaskData data, CascadeMember small, CascadeMember large, CascadeSettings settings, IEngine engine, TimeProvider time, CancellationToken cancellationToken = default)
    {
        settings.Require();
        CascadeAnswers Collect(HeldOutExamples part) => CascadeAnswers.Collect(
            data.Definition, part.Examples, small, large, settings.Precision, settings.MaxLength, engine, time, cancellationToken);

        HeldOutExamples heldOut = settings.HeldOut ?? PartOf(data, settings.Split);
        CascadeAnswers answers = Collect(heldOut);
        double temperature = TemperatureOf(small, answers);
        IReadOnlyList<CascadePoint> points = CascadeCurve.Of(answers, temperature, settings.Confidence);
        CascadePoint? chosen = points.LastOrDefault(point => point.LossBound <= settings.MaxLoss) is { Escalated: < 1 } kept ? kept : null;
        return new CascadeReport
        {
            Task = data.Definition.Name,
            Split = heldOut.Name,
            Examples = answers.Targets.Length,
            Warnings = CascadeWarnings.Of(data, small, settings),
            Precision = settings.Precision,
            SmallAccuracy = Right(Evaluator.Predictions(answers.Small, answers.LabelCount), answers.Targets),
            LargeAccuracy = Right(Evaluator.Predictions(answers.Large, answers.LabelCount), answers.Targets),
            Temperature = temperature,
            MaxLoss = settings.MaxLoss,
            Confidence = settings.Confidence,
            SmallCost = answers.SmallCost,
            AgainCost = answers.AgainCost,
            Points = points,
            Chosen = chosen,
            LeastExamples = PairedLoss.LeastExamples(settings.MaxLoss, settings.Confidence),
            Check = chosen is not null && settings.Check is { } split ? Check(PartOf(data, split), Collect, chosen.Threshold, temperature) : null,
        };
    }

    /// <summary>The small network's own calibration where it has one, else a fit on these examples. With two labels the order of margins depends on neither.</summary>
    private static double TemperatureOf(CascadeMember small, CascadeAnswers answers)
    {
        bool isWhole = small.SubNetwork.Equals(SubNetwork.Full(small.Checkpoint.Config));
        return (isWhole ? small.Checkpoint.Metadata?.Temperature : null) ?? TemperatureScaling.Fit(answers.Small, answers.Targets, answers.LabelCount).Temperature;
    }

    private static CascadeCheck Check(HeldOutExamples part, Func<HeldOutExamples, CascadeAnswers> collect, double threshold, double temperature)
    {
        CascadeAnswers answers = collect(part);
        float[] small = Evaluator.Predictions(answers.Small, answers.LabelCount), large = Evaluator.Predictions(answers.Large, answers.LabelCount);
        bool IsSure(int i) => Bert.Cascades.Margin.Of(answers.Small.AsSpan(i * answers.LabelCount, answers.LabelCount), temperature) >= threshold;
        bool[] sure = [.. Enumerable.Range(0, small.Length).Select(IsSure)];
        float[] cascade = [.. sure.Select((isSure, i) => isSure ? small[i] : large[i])];
        int Only(float[] right, float[] wrong) => Enumerable.Range(0, small.Length).Count(i => right[i] == answers.Targets[i] && wrong[i] != answers.Targets[i]);
        return new CascadeCheck(
            part.Name, small.Length, Right(cascade, answers.Targets), Right(large, answers.Targets), (double)sure.Count(isSure => !isSure) / sure.Length,
            PairedLoss.Interval(Only(large, cascade), Only(cascade, large), small.Length));
    }

    private static double Right(float[] predictions, float[] targets) => (double)predictions.Zip(targets).Count(pair => pair.First == pair.Second) / targets.Length;

    private static HeldOutExamples PartOf(TaskData data, TaskSplit split) => new(split.ToString().ToLowerInvariant(), split switch
    {
        TaskSplit.Train => data.Train,
        TaskSplit.Validation => data.Validation,
        _ => data.Test,
    });
}
