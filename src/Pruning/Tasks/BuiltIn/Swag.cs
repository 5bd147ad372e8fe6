using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Situations with adversarial generations: which of four endings goes on. A choice is the second sentence's beginning and an ending.</summary>
internal static class Swag
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "swag",
        Files = new("train.csv", Validation: null, "val.csv"),
        Columns = new("sent1", Pair: null, "label") { Stem = "sent2", Choices = ["ending0", "ending1", "ending2", "ending3"] },
        Labels = ["0", "1", "2", "3"],
        Summary = "which of four endings goes on",
        Origin = "the data folder of rowanz/swagaf on GitHub",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
