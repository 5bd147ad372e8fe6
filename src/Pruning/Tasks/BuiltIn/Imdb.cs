using System.Runtime.CompilerServices;

namespace Endpoints.Pruning.Tasks.BuiltIn;

/// <summary>Large movie review dataset: a text file for each review, in a folder for each label.</summary>
internal static class Imdb
{
    public static TaskDefinition Definition { get; } = new()
    {
        Name = "imdb",
        Files = new("train", Validation: null, "test"),
        OtherLayouts = [new(new("aclImdb/train", Validation: null, "aclImdb/test"))],
        Columns = new("text", Pair: null, "label"),
        Labels = ["neg", "pos"],
        LabelNames = ["negative", "positive"],
        ValidationLimit = int.MaxValue,
        Summary = "does a film review praise",
        Origin = "aclImdb_v1.tar.gz",
    };

    [ModuleInitializer]
    internal static void Register() => TaskRegistry.Add(Definition);
}
