using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Stanford sentiment treebank, two labels: phrases to learn from, whole sentences to test on. GLUE's test labels are secret: its development set is the test set and part of train validates.</summary>
internal static class Sst2
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "sst-2",
        Files = new("train.tsv", Validation: null, "dev.tsv"),
        Columns = new("sentence", Pair: null, "label"),
        Labels = ["0", "1"],
        LabelNames = ["negative", "positive"],
        Summary = "does a phrase of a film review praise",
        Origin = "GLUE's SST-2.zip",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
