using Endpoints.Bert.Multitask;
using Endpoints.Pruning.Tasks;
using Endpoints.Pruning.Tasks.BuiltIn;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Multitask;

/// <summary>The report's three tasks: sentiment of SST-5, paraphrases among Quora's questions (GLUE's QQP), similarity of STS-B. An epoch is SST-5's.</summary>
internal static class ReportSet
{
    public static MultitaskSet Create() => new(
        "report",
        [
            new(new HeadConfig("sentiment", HeadKind.Classification, Sst5.Definition.LabelNames), Sst5.Definition, "sst-5") { FurtherMetrics = [MetricCatalog.Find("f1_macro")] },
            new(new HeadConfig("paraphrase", HeadKind.SiameseConcatenation, Qqp.Definition.LabelNames), Quora, "qqp"),
            new(new HeadConfig("similarity", HeadKind.SiameseCosine), StsB, "sts-b"),
        ],
        EpochTask: "sentiment");

    /// <summary>Scored by accuracy, as the report does.</summary>
    private static TaskDefinition Quora => Qqp.Definition with { Metric = MetricCatalog.Accuracy };

    /// <summary>The benchmark's own three parts, scored by Pearson's correlation, as the report does: the registry's task tests on the development set.</summary>
    private static TaskDefinition StsB => Tasks.BuiltIn.StsB.Definition with
    {
        Files = new("train.tsv", "dev.tsv", "test.tsv"),
        Metric = MetricCatalog.Find("pearson"),
    };
}
