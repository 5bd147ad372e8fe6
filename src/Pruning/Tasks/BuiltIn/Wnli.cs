using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Winograd schemas as entailment, by GLUE. Its development set is adversarial: a check that everything runs, no more.</summary>
internal static class Wnli
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "wnli",
        Files = new("train.tsv", Validation: null, "dev.tsv"),
        Columns = new("sentence1", "sentence2", "label"),
        Labels = ["0", "1"],
        LabelNames = ["not_entailment", "entailment"],
        Summary = "does the second text follow from the first",
        Origin = "GLUE's WNLI.zip",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
