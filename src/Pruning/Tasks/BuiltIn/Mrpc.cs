using System.Runtime.CompilerServices;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Microsoft Research paraphrase corpus: by GLUE, which cuts a development set from its training part, or as Microsoft has it.</summary>
internal static class Mrpc
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "mrpc",
        Files = new("train.tsv", Validation: null, "dev.tsv"),
        OtherLayouts =
        [
            new(new("msr_paraphrase_train.txt", Validation: null, "msr_paraphrase_test.txt")),
            new(new("train.tsv", Validation: null, "test.tsv")),
        ],
        Columns = new("#1 String", "#2 String", "Quality"),
        Labels = ["0", "1"],
        LabelNames = ["not_paraphrase", "paraphrase"],
        Metric = MetricCatalog.Find("f1"),
        Summary = "do two sentences say the same",
        Origin = "GLUE's MRPC folder, or Microsoft's download",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
