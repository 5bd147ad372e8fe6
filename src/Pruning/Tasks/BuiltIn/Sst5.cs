using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Stanford sentiment treebank, five labels, whole sentences, with development and test sets of its own: as Hugging Face has it (SetFit/sst5), or as tables.</summary>
internal static class Sst5
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "sst-5",
        Files = new("train.tsv", "dev.tsv", "test.tsv"),
        OtherLayouts = [new(new("train.jsonl", "dev.jsonl", "test.jsonl"), new("text", Pair: null, "label"))],
        Columns = new("sentence", Pair: null, "label"),
        Labels = ["0", "1", "2", "3", "4"],
        LabelNames = ["very_negative", "negative", "neutral", "positive", "very_positive"],
        Summary = "how much a sentence of a film review praises",
        Origin = "SetFit/sst5 on the Hugging Face hub",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
