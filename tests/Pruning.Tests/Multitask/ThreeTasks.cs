using Endpoints.Bert;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.Tokenization;
using Endpoints.Pruning.Multitask;
using Endpoints.Tests;

namespace Endpoints.Pruning.Tests.Multitask;

/// <summary>Three small tables that a small network can learn, their set file, and a network to start from.</summary>
internal sealed class ThreeTasks : IDisposable
{
    public const string SetFile = """
        {
          // One task of each kind.
          "name": "three",
          "epoch": "mood",
          "tasks": [
            {"head": "mood", "kind": "classification", "data": "mood",
             "table": {"name": "moods", "train": "train.tsv", "validation": "dev.tsv", "test": "dev.tsv", "text": "sentence", "label": "mood", "labels": ["bad", "good", "fair"]}},
            {"head": "same", "kind": "siamese_concatenation", "data": "pairs", "batch": 4,
             "table": {"name": "pairs", "train": "train.tsv", "validation": "dev.tsv", "test": "dev.tsv", "text": "a", "pair": "b", "label": "same", "labels": ["0", "1"]}},
            {"head": "alike", "kind": "siamese_cosine", "data": "pairs", "metrics": ["pearson"],
             "table": {"name": "pairs", "train": "train.tsv", "validation": "dev.tsv", "test": "dev.tsv", "text": "a", "pair": "b", "label": "alike"}}
          ]
        }
        """;

    private static readonly string[] Nouns = ["cat", "dog", "bird", "horse"];
    private readonly TemporaryFolder _folder = new();

    public ThreeTasks()
    {
        File.WriteAllText(SetPath, SetFile);
        Directory.CreateDirectory(_folder.File("mood"));
        Directory.CreateDirectory(_folder.File("pairs"));
        foreach ((string file, int rows) in (ReadOnlySpan<(string, int)>)[("train.tsv", 48), ("dev.tsv", 18)])
        {
            File.WriteAllLines(Path.Combine(_folder.File("mood"), file), [
                "sentence\tmood", .. Enumerable.Range(0, rows).Select(i => $"the {Nouns[i % 4]} is {(i % 3) switch { 0 => "bad\tbad", 1 => "good\tgood", _ => "here\tfair" }}")]);
            File.WriteAllLines(Path.Combine(_folder.File("pairs"), file), [
                "a\tb\tsame\talike", .. Enumerable.Range(0, rows).Select(i => $"the {Nouns[i % 4]} runs\ta {Nouns[(i + (i % 2)) % 4]} runs here\t{1 - (i % 2)}\t{(i % 2 == 0 ? 4.5 : 0.5)}")]);
        }
    }

    public string Folder => _folder.Path;

    public string SetPath => _folder.File("three.json");

    public WordPieceTokenizer Tokenizer { get; } = WordPieceTokenizer.Load(Path.Combine(Repository.Root, "tests", "vocab", "uncased"));

    public MultitaskSet Set => MultitaskSet.Find(SetPath);

    public MultitaskData Data => MultitaskData.Load(Set, Folder, Tokenizer, maxLength: 32);

    /// <summary>Random weights, the same every time.</summary>
    public MultitaskCheckpoint Start() => new()
    {
        Parameters = MultitaskParameters.WithFreshHeads(
            BertParameters.Random(BertConfig.Uniform(Tokenizer.VocabularySize, 32, 2, 4, 64, 32), seed: 1, standardDeviation: 0.08f), Set.Tasks.Select(task => task.Head), seed: 2),
        Tokenizer = Tokenizer,
    };

    public void Dispose() => _folder.Dispose();
}
