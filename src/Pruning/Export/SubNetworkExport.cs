using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Export;

/// <summary>Writes a sub-network as a checkpoint of its own smaller shapes, with what is known of it.</summary>
public static class SubNetworkExport
{
    /// <summary>Extracts a sub-network in memory, with the weights that its folder would be read back with.</summary>
    /// <param name="superNetwork">Where it is cut from.</param>
    /// <param name="subNetwork">What of it.</param>
    /// <param name="precision">What the folder would store weights in.</param>
    public static Checkpoint Cut(Checkpoint superNetwork, SubNetwork subNetwork, Precision precision) => new()
    {
        Config = subNetwork.ConfigOf(superNetwork.Config),
        Parameters = WeightRounding.AsStored(SubNetworkExtractor.Extract(superNetwork.Parameters, subNetwork), precision),
        Tokenizer = superNetwork.Tokenizer,
    };

    /// <summary>Writes the folder of a search's trial.</summary>
    /// <param name="directory">Where to write; a checkpoint that is there is replaced.</param>
    /// <param name="superNetwork">The checkpoint that the search was of.</param>
    /// <param name="parent">Its folder or name, for <c>endpoint.json</c>.</param>
    /// <param name="report">The search.</param>
    /// <param name="trial">The chosen trial of it.</param>
    /// <param name="metric">What 1 - error is called, for example <c>accuracy</c>.</param>
    /// <param name="test">The metric of <see cref="Cut"/> on the test part, which then is the checkpoint's figure; null leaves the search's on validation as that.</param>
    /// <param name="precision">What weights are stored in. Default float32.</param>
    /// <param name="calibration">The temperature of <see cref="Cut"/>'s scores; null leaves them as they are.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="InvalidDataException">The search was of other weights.</exception>
    public static Checkpoint Write(
        string directory,
        Checkpoint superNetwork,
        string parent,
        FrontReport report,
        Trial trial,
        string metric,
        TestScore? test = null,
        Precision precision = Precision.Float32,
        Calibration? calibration = null)
    {
        RequireSearched(superNetwork, parent, report);
        return Save(directory, Cut(superNetwork, SubNetwork.Parse(trial.SubNetwork, superNetwork.Config), precision), precision, new EndpointMetadata
        {
            SubNetwork = trial.SubNetwork,
            Parent = parent,
            Task = report.Configuration.Task,
            Split = test is null ? "validation" : "test",
            Metrics = MetricsOf(report, trial, metric, test),
            MeasuredIn = test?.Precision ?? report.Configuration.Precision,
            Parameters = trial.Parameters,
            PaperParameters = trial.PaperParameters,
            ParentParameters = ParameterCount.Sliced(superNetwork.Config, SubNetwork.Full(superNetwork.Config)),
        }, calibration);
    }

    /// <summary>Checks that a search was of these very weights: else its figures say nothing of what is exported.</summary>
    /// <param name="superNetwork">The weights.</param>
    /// <param name="parent">Their folder or name, for the message.</param>
    /// <param name="report">The search.</param>
    /// <exception cref="InvalidDataException">The search was of other weights.</exception>
    public static void RequireSearched(Checkpoint superNetwork, string parent, FrontReport report)
    {
        string fingerprint = Fingerprint.Of(superNetwork.Parameters);
        if (fingerprint != report.Configuration.SuperNetwork)
        {
            throw new InvalidDataException(
                $"The search was of a super-network with fingerprint {report.Configuration.SuperNetwork} and {parent} has {fingerprint}: "
                + "its figures are not those of this checkpoint. Export from the checkpoint that was searched, or search again.");
        }
    }

    /// <summary>Writes the folder of a sub-network that no search chose; of the whole, what is known of the checkpoint is known of its copy.</summary>
    /// <param name="directory">Where to write; a checkpoint that is there is replaced.</param>
    /// <param name="superNetwork">Where it is cut from.</param>
    /// <param name="parent">Its folder or name, for <c>endpoint.json</c>.</param>
    /// <param name="subNetwork">What of it.</param>
    /// <param name="precision">What weights are stored in.</param>
    /// <param name="test">A metric of <see cref="Cut"/> on the test part; null without one.</param>
    /// <param name="calibration">The temperature of <see cref="Cut"/>'s scores; null leaves them as they are.</param>
    /// <returns>What was written.</returns>
    public static Checkpoint Write(
        string directory, Checkpoint superNetwork, string parent, SubNetwork subNetwork, Precision precision, TestScore? test = null, Calibration? calibration = null)
    {
        var whole = SubNetwork.Full(superNetwork.Config);
        bool isKnown = subNetwork.Equals(whole) && superNetwork.Metadata is { ParentParameters: > 0 };
        EndpointMetadata metadata = isKnown ? superNetwork.Metadata! : new EndpointMetadata
        {
            SubNetwork = subNetwork.ToString(),
            Parent = parent,
            Task = superNetwork.Metadata?.Task,
            Parameters = ParameterCount.Sliced(superNetwork.Config, subNetwork),
            PaperParameters = ParameterCount.Paper(superNetwork.Config, subNetwork),
            ParentParameters = ParameterCount.Sliced(superNetwork.Config, whole),
        };
        if (test is not null)
        {
            metadata = metadata with { Split = "test", MeasuredIn = test.Precision, Metrics = new MetricTable(metadata.Metrics).Add(test.Metric, test.Value, test.Interval).Figures };
        }

        return Save(directory, Cut(superNetwork, subNetwork, precision), precision, metadata, calibration);
    }

    private static Checkpoint Save(string directory, Checkpoint cut, Precision precision, EndpointMetadata metadata, Calibration? calibration)
    {
        Checkpoint checkpoint = ScoreCalibration.Apply(cut with { Metadata = metadata with { Precision = precision } }, calibration);
        CheckpointFolder.Save(directory, checkpoint, precision);
        return checkpoint;
    }

    private static SortedDictionary<string, double> MetricsOf(FrontReport report, Trial trial, string metric, TestScore? test)
    {
        var metrics = new MetricTable();
        foreach ((ObjectiveInfo objective, double value) in report.Configuration.Objectives.Zip(trial.Values))
        {
            if (objective.Name == "error")
            {
                // An error of 1 may stand for a metric that is undefined, which is stored as NaN.
                metrics.Add(test is null ? metric : $"validation_{metric}", trial.IsScoreUndefined ? double.NaN : 1 - value, IntervalOf(trial));
            }
            else if (objective.Name != "parameters")
            {
                metrics.Add(objective.Unit.Length == 0 ? objective.Name : $"{objective.Name}_{objective.Unit}", value);
            }
        }

        return test is null ? metrics.Figures : metrics.Add(test.Metric, test.Value, test.Interval).Figures;
    }

    private static ConfidenceInterval? IntervalOf(Trial trial) =>
        trial.Details.TryGetValue("error_low", out double low) && trial.Details.TryGetValue("error_high", out double high) ? new ConfidenceInterval(1 - high, 1 - low) : null;
}
