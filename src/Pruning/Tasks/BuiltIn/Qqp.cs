using System.Runtime.CompilerServices;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Quora question pairs. The official files have some rows without all fields, and some empty questions. GLUE's test labels are secret: its development set is the test set and part of train validates.</summary>
internal static class Qqp
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "qqp",
        Files = new("train.tsv", Validation: null, "dev.tsv"),
        Columns = new("question1", "question2", "is_duplicate"),
        Labels = ["0", "1"],
        LabelNames = ["not_duplicate", "duplicate"],
        Metric = MetricCatalog.Find("f1"),
        LeavesOutIncomplete = true,
        Summary = "do two questions ask the same",
        Origin = "GLUE's QQP.zip",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
