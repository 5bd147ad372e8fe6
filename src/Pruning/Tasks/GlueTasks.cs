namespace Endpoints.Pruning.Tasks;

/// <summary>Tasks of the GLUE benchmark, read from the files of its archives.</summary>
internal static class GlueTasks
{
    /// <summary>Recognising textual entailment. GLUE's test labels are secret, so its development set is the test set and part of train validates.</summary>
    public static TaskDefinition Rte { get; } = new()
    {
        Name = "rte",
        Files = new("train.tsv", Validation: null, "dev.tsv"),
        Columns = new("sentence1", "sentence2", "label"),
        Labels = ["entailment", "not_entailment"],
    };
}
