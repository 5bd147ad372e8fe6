using System.Runtime.CompilerServices;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Semantic textual similarity benchmark, from 0 to 5. The paper tests on its development set, as GLUE makes one do.</summary>
internal static class StsB
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "sts-b",
        Files = new("train.tsv", Validation: null, "dev.tsv"),
        Columns = new("sentence1", "sentence2", "score"),
        Metric = MetricCatalog.Find("spearman"),
        Summary = "how alike two sentences are, 0 to 5",
        Origin = "GLUE's STS-B.zip",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
