using System.Runtime.CompilerServices;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Corpus of linguistic acceptability. Its files have no header. GLUE's test labels are secret: its development set is the test set and part of train validates.</summary>
internal static class Cola
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "cola",
        Files = new("train.tsv", Validation: null, "dev.tsv"),
        Header = ["source", "label", "mark", "sentence"],
        Columns = new("sentence", Pair: null, "label"),
        Labels = ["0", "1"],
        LabelNames = ["unacceptable", "acceptable"],
        Metric = MetricCatalog.Find("matthews"),
        ValidationLimit = int.MaxValue,
        Summary = "is a sentence good English",
        Origin = "GLUE's CoLA.zip",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
