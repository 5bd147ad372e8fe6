using System.Globalization;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Cascades;

/// <summary>
/// What speaks against a promise: its confidence holds only on examples that neither network learnt from and that the small one was not chosen on. A large one
/// that was chosen on them looks better than it is, which only makes the threshold safer.
/// </summary>
internal static class CascadeWarnings
{
    public static IReadOnlyList<string> Of(TaskData data, CascadeMember small, CascadeSettings settings) => settings.HeldOut is { } heldOut
        ? [.. new[] { ("training", data.Train), ("validation", data.Validation), ("test", data.Test) }.Select(part => Overlap(heldOut, part.Item1, part.Item2)).OfType<string>()]
        : settings.Split switch
        {
            TaskSplit.Train => ["The networks learnt from the training examples and are right more often there than elsewhere: the confidence does not hold."],
            TaskSplit.Validation when WasScoredOnValidation(small, data.Definition.MetricName) =>
            [
                "The small network's endpoint.json has a score on the validation examples. Where that is what it was chosen by, it looks better on them than it is and the confidence "
                + "does not hold: choose the threshold on examples that nothing was chosen on (--pairs FILE).",
            ],
            _ => [],
        };

    /// <summary>Searches, and trainings that keep their best epoch, leave the score that they went by; of a sub-network cut out here nothing is known.</summary>
    private static bool WasScoredOnValidation(CascadeMember small, string metric) =>
        small.Checkpoint.Metadata is { } metadata && small.SubNetwork.Equals(SubNetwork.Full(small.Checkpoint.Config))
        && (metadata.Split == "validation" || metadata.Metrics.ContainsKey($"validation_{metric}"));

    private static string? Overlap(HeldOutExamples heldOut, string name, IReadOnlyList<Example> part)
    {
        HashSet<(string, string?)> known = [.. part.Select(example => (example.Text, example.Pair))];
        int count = heldOut.Examples.Count(example => known.Contains((example.Text, example.Pair)));
        return count == 0 ? null : string.Create(
            CultureInfo.InvariantCulture,
            $"{count:N0} of the {heldOut.Examples.Count:N0} examples of {heldOut.Name} are {name} examples too: the promise is about examples that neither training, search nor the check has used.");
    }
}
