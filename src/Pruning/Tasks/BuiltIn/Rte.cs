using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Recognising textual entailment (PASCAL, by GLUE). GLUE's test labels are secret: its development set is the test set and part of train validates.</summary>
internal static class Rte
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "rte",
        Files = new("train.tsv", Validation: null, "dev.tsv"),
        Columns = new("sentence1", "sentence2", "label"),
        Labels = ["entailment", "not_entailment"],
        Summary = "does the second text follow from the first",
        Origin = "GLUE's RTE.zip",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
