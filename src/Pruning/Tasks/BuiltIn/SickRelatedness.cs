using System.Runtime.CompilerServices;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Sentences involving compositional knowledge (SemEval-2014 task 1), relatedness from 1 to 5, with the parts of the task.</summary>
internal static class SickRelatedness
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "sick-r",
        Files = new("train.tsv", "dev.tsv", "test.tsv"),
        Columns = new("sentence_A", "sentence_B", "relatedness_score"),
        Metric = MetricCatalog.Find("pearson"),
        Summary = "how related two sentences are, 1 to 5",
        Origin = "SemEval-2014 task 1, its rows in a file for each part",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
