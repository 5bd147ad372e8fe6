using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Does a sentence answer a question (from SQuAD, by GLUE, second version). GLUE's test labels are secret: its development set is the test set and part of train validates.</summary>
internal static class Qnli
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "qnli",
        Files = new("train.tsv", Validation: null, "dev.tsv"),
        Columns = new("question", "sentence", "label"),
        Labels = ["entailment", "not_entailment"],
        Summary = "does a sentence answer a question",
        Origin = "GLUE's QNLIv2.zip",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
