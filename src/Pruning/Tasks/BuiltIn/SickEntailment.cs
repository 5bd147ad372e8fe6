using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Sentences involving compositional knowledge (SemEval-2014 task 1), entailment, with the parts of the task.</summary>
internal static class SickEntailment
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "sick-e",
        Files = new("train.tsv", "dev.tsv", "test.tsv"),
        Columns = new("sentence_A", "sentence_B", "entailment_judgment"),
        Labels = ["NEUTRAL", "ENTAILMENT", "CONTRADICTION"],
        LabelNames = ["neutral", "entailment", "contradiction"],
        Summary = "does the second sentence follow from the first, or contradict it",
        Origin = "SemEval-2014 task 1, its rows in a file for each part",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
