using Endpoints.Bert.Multitask;
using Endpoints.Pruning.Tasks;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Multitask;

/// <summary>The report's three tasks: sentiment of SST-5, paraphrases among Quora's questions (GLUE's QQP), similarity of STS-B. An epoch is SST-5's.</summary>
internal static class ReportSet
{
    public static MultitaskSet Create() => new(
        "report",
        [
            new(new HeadConfig("sentiment", HeadKind.Classification, ["very_negative", "negative", "neutral", "positive", "very_positive"]), Sst5, "sst-5"),
            new(new HeadConfig("paraphrase", HeadKind.SiameseConcatenation, ["not_duplicate", "duplicate"]), Quora, "qqp"),
            new(new HeadConfig("similarity", HeadKind.SiameseCosine), StsB, "sts-b"),
        ],
        EpochTask: "sentiment");

    private static TaskDefinition Sst5 => new()
    {
        Name = "sst-5",
        Files = new("train.tsv", "dev.tsv", "test.tsv"),
        Columns = new("sentence", Pair: null, "label"),
        Labels = ["0", "1", "2", "3", "4"],
    };

    /// <summary>GLUE keeps its test labels to itself: the development set is the test set, and part of train validates.</summary>
    private static TaskDefinition Quora => new()
    {
        Name = "qqp",
        Files = new("train.tsv", Validation: null, "dev.tsv"),
        Columns = new("question1", "question2", "is_duplicate"),
        Labels = ["0", "1"],
    };

    /// <summary>The benchmark's own three parts, scored by Pearson's correlation as the report does.</summary>
    private static TaskDefinition StsB => new()
    {
        Name = "sts-b",
        Files = new("train.tsv", "dev.tsv", "test.tsv"),
        Columns = new("sentence1", "sentence2", "score"),
        Metric = MetricCatalog.Find("pearson"),
    };
}
