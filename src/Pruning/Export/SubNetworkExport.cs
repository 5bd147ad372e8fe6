using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Runs;

namespace Endpoints.Pruning.Export;

/// <summary>Writes a chosen trial as a checkpoint of its own smaller shapes, with what the search measured of it.</summary>
public static class SubNetworkExport
{
    /// <summary>Extracts a trial's sub-network and writes its folder.</summary>
    /// <param name="directory">Where to write; a checkpoint that is there is replaced.</param>
    /// <param name="superNetwork">The checkpoint that the search was of.</param>
    /// <param name="parent">Its folder or name, for <c>endpoint.json</c>.</param>
    /// <param name="report">The search.</param>
    /// <param name="trial">The chosen trial of it.</param>
    /// <param name="metric">What 1 - error is called, for example <c>accuracy</c>.</param>
    /// <param name="testScore">The metric on the test part, which then is the checkpoint's figure; null leaves the validation figure as that.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="InvalidDataException">The search was of other weights.</exception>
    public static Checkpoint Write(string directory, Checkpoint superNetwork, string parent, FrontReport report, Trial trial, string metric, double? testScore = null)
    {
        RequireSearched(superNetwork, parent, report);
        SubNetwork subNetwork = SubNetwork.Parse(trial.SubNetwork, superNetwork.Config);
        var exported = new Checkpoint
        {
            Config = subNetwork.ConfigOf(superNetwork.Config),
            Parameters = SubNetworkExtractor.Extract(superNetwork.Parameters, subNetwork),
            Tokenizer = superNetwork.Tokenizer,
            Metadata = new EndpointMetadata
            {
                SubNetwork = trial.SubNetwork,
                Parent = parent,
                Task = report.Configuration.Task,
                Split = testScore is null ? "validation" : "test",
                Metrics = MetricsOf(report, trial, metric, testScore),
                Parameters = trial.Parameters,
                PaperParameters = trial.PaperParameters,
                ParentParameters = ParameterCount.Sliced(superNetwork.Config, SubNetwork.Full(superNetwork.Config)),
            },
        };
        CheckpointFolder.Save(directory, exported);
        return exported;
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

    private static SortedDictionary<string, double> MetricsOf(FrontReport report, Trial trial, string metric, double? testScore)
    {
        var metrics = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach ((ObjectiveInfo objective, double value) in report.Configuration.Objectives.Zip(trial.Values))
        {
            if (objective.Name == "error")
            {
                metrics[testScore is null ? metric : $"validation_{metric}"] = 1 - value;
            }
            else if (objective.Name != "parameters")
            {
                metrics[objective.Unit.Length == 0 ? objective.Name : $"{objective.Name}_{objective.Unit}"] = value;
            }
        }

        if (testScore is { } score)
        {
            metrics[metric] = score;
        }

        return metrics;
    }
}
