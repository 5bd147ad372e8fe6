using Endpoints.Pruning.Studies;

namespace Endpoints.Pruning.Tests.Studies;

/// <summary>A folder with a plan, a task that a tiny network can learn, and a vocabulary of five words.</summary>
internal sealed class StudyFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("endpoints-study").FullName;

    public StudyFolder()
    {
        Directory.CreateDirectory(At("vocab"));
        File.WriteAllLines(At("vocab/vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad", "day", "film", "food"]);
        string[] nouns = ["day", "film", "food"];
        string[] rows = [.. from noun in nouns from word in new[] { "good", "bad" } from other in nouns select $"{word} {noun} {other}\t{word}"];
        File.WriteAllLines(At("train.tsv"), ["text\tlabel", .. rows, .. rows]);
        File.WriteAllLines(At("test.tsv"), ["text\tlabel", .. rows]);
        File.WriteAllText(At("task.json"), """{"name": "mood", "train": "train.tsv", "test": "test.tsv", "text": "text", "label": "label", "labels": ["good", "bad"]}""");
        Plan = WritePlan();
    }

    public string Plan { get; }

    public string Output => At("run");

    public string At(string name) => Path.Combine(_root, name);

    public string WritePlan(string change = "", string with = "")
    {
        string text = """
            {
              // One task, one model of random weights.
              "name": "tiny",
              "tasks": [{"name": "mood", "task": "table:task.json"}],
              "models": [{"name": "tiny", "layers": 2, "hidden": 8, "heads": 2, "units": 8, "vocabulary": "vocab", "deviation": 0.2}],
              "seeds": [0, 1],
              "trials": 6,
              "training": {"epochs": 1, "batch": 8, "learningRate": 0.001, "maxLength": 8},
              "spaces": ["small"],
              "strategies": ["full", "standard"],
              "methods": ["random", "local"],
              "baselines": ["heads", "structured"],
              "standAlone": 2,
            }
            """;
        string path = At("plan.json");
        File.WriteAllText(path, change.Length == 0 ? text : text.Replace(change, with, StringComparison.Ordinal));
        return path;
    }

    public StudyResults Run(List<string>? steps = null, CancellationToken cancellationToken = default) =>
        StudyRun.Run(StudyPlan.Read(Plan), Output, workers: 2, TimeProvider.System, progress => steps?.Add(progress.Last), cancellationToken);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
