using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Pipeline;

/// <summary>A part of a task.</summary>
public enum TaskSplit
{
    /// <summary>What is looked at last.</summary>
    Test,

    /// <summary>What searches see.</summary>
    Validation,

    /// <summary>What is learnt from.</summary>
    Train,
}

/// <summary>What a sub-network makes of a task in one precision, beside float32.</summary>
/// <param name="Precision">What it ran in.</param>
/// <param name="Score">The task's metric, for example accuracy from 0 to 1.</param>
/// <param name="Difference">The score less float32's.</param>
/// <param name="ChangedLabels">Share of the examples that get another label than in float32, 0 to 1; null for a regression.</param>
/// <param name="LargestLogitDifference">Largest difference of a logit to float32's, as a share of the range of float32's logits.</param>
/// <param name="ExamplesPerSecond">Median rate over the rounds, without tokenization.</param>
public sealed record PrecisionResult(
    Precision Precision, double Score, double Difference, double? ChangedLabels, double LargestLogitDifference, double ExamplesPerSecond)
{
    /// <value>95 % confidence interval of the score; null where the metric is undefined.</value>
    public ConfidenceInterval? Interval { get; init; }
}

/// <summary>What an evaluation was of, and what it found.</summary>
/// <param name="Metric">Name of the metric.</param>
/// <param name="Examples">Number of examples.</param>
/// <param name="Tokens">Their tokens.</param>
/// <param name="MostFrequentLabel">Score of always answering the most frequent label; null for a regression.</param>
/// <param name="Results">One for each precision, in the order asked for.</param>
public sealed record PrecisionReport(string Metric, int Examples, int Tokens, double? MostFrequentLabel, IReadOnlyList<PrecisionResult> Results);

/// <summary>Evaluates a sub-network on a part of a task in several precisions: what each loses, and how fast it is.</summary>
public static class PrecisionEvaluation
{
    /// <summary>Runs every precision over the examples in turn, round after round, so that all see the same neighbours on a shared machine.</summary>
    /// <param name="data">The task.</param>
    /// <param name="split">The part of it.</param>
    /// <param name="checkpoint">The super-network.</param>
    /// <param name="subNetwork">What of it to run.</param>
    /// <param name="precisions">In what; float32 is run in any case, as what the others are compared with.</param>
    /// <param name="maxLength">Longest input in tokens; longer texts are cut.</param>
    /// <param name="rounds">Passes over the examples, at least 1.</param>
    /// <param name="engine">Runs it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public static PrecisionReport Run(
        TaskData data,
        TaskSplit split,
        Checkpoint checkpoint,
        SubNetwork subNetwork,
        IReadOnlyList<Precision> precisions,
        int maxLength,
        int rounds,
        IEngine engine,
        TimeProvider time,
        CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        RequireSameOrder(data.Definition, checkpoint.Config);
        IReadOnlyList<Example> part = split switch { TaskSplit.Train => data.Train, TaskSplit.Validation => data.Validation, _ => data.Test };
        LabelledEncodings examples = TaskEncodings.Encode(data.Definition, part, checkpoint, maxLength);
        examples.CheckFit(checkpoint.Config);
        var evaluator = new Evaluator(examples, data.Definition.Metric, lanes: engine.LaneCount);
        Precision[] all = [Precision.Float32, .. precisions.Where(precision => precision != Precision.Float32).Distinct()];
        ISuperNetwork[] networks = [.. all.Select(precision => engine.Load(checkpoint, precision))];
        float[][] logits = [.. all.Select(_ => Array.Empty<float>())];
        double[,] seconds = new double[all.Length, rounds];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < all.Length; i++)
            {
                long start = time.GetTimestamp();
                logits[i] = evaluator.Logits(networks[i], subNetwork, cancellationToken);
                seconds[i, round] = time.GetElapsedTime(start).TotalSeconds;
            }
        }

        PrecisionResult Result(Precision precision)
        {
            int i = Array.IndexOf(all, precision);
            double score = evaluator.Score(logits[i]), reference = evaluator.Score(logits[0]);
            double median = Median([.. Enumerable.Range(0, rounds).Select(round => seconds[i, round])]);
            return new PrecisionResult(
                precision, score, score - reference, ChangedLabels(evaluator, logits[0], logits[i]), LargestDifference(logits[0], logits[i]), examples.Count / median)
            {
                Interval = evaluator.Interval(logits[i]) is { IsDefined: true } interval ? interval : null,
            };
        }

        return new PrecisionReport(
            data.Definition.MetricName, examples.Count, examples.Encodings.Sum(encoding => encoding.Ids.Length), MostFrequentLabel(examples), [.. precisions.Distinct().Select(Result)]);
    }

    /// <summary>Labels of other names may well mean the same; the same names in another order cannot.</summary>
    private static void RequireSameOrder(TaskDefinition definition, BertConfig config)
    {
        if (!definition.LabelNames.SequenceEqual(config.Labels) && definition.LabelNames.Order().SequenceEqual(config.Labels.Order()))
        {
            throw new TaskException(
                $"The task {definition.Name} has the labels {string.Join(", ", definition.LabelNames)} and the model {string.Join(", ", config.Labels)}: "
                + "expected the same order. Change it in the task file.");
        }
    }

    private static double? MostFrequentLabel(LabelledEncodings examples) => examples.ProblemType == ProblemType.Regression
        ? null
        : (double)examples.Targets.ToArray().CountBy(target => target).Max(label => label.Value) / examples.Count;

    private static double? ChangedLabels(Evaluator evaluator, float[] reference, float[] logits)
    {
        if (evaluator.Examples.ProblemType == ProblemType.Regression)
        {
            return null;
        }

        float[] expected = evaluator.Predictions(reference), found = evaluator.Predictions(logits);
        return (double)expected.Zip(found).Count(pair => pair.First != pair.Second) / expected.Length;
    }

    private static double LargestDifference(float[] reference, float[] logits)
    {
        double range = reference.Max() - (double)reference.Min();
        double largest = reference.Zip(logits).Max(pair => Math.Abs((double)pair.First - pair.Second));
        return range > 0 ? largest / range : largest;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
