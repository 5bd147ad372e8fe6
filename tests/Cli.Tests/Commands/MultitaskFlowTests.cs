using System.Text.Json;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Commands;

/// <summary>A multitask network from the command line: trained jointly and split, evaluated whole and cut, refused where it cannot be used.</summary>
public sealed class MultitaskFlowTests : IDisposable
{
    private static readonly string Vocabulary = Path.Combine(Repository.Root, "tests", "vocab", "uncased");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TrainThenEvaluate_JointAndSplit_ScoresEveryHead()
    {
        string[] tasks = ["--tasks", WriteTasks(), "--max-length", "16", "--threads", "1"];
        string joint = _folder.File("joint"), split = _folder.File("split");
        string[] shape = ["--new", "l=2,h=16,heads=2,u=32", "--vocab", Vocabulary, "--epochs", "2", "--lr", "1e-3"];
        Cli.Run train = await Cli.OkAsync(["multitask", "train", "--out", joint, .. shape, .. tasks]);
        Assert.Contains("epoch 2/2: mood: loss ", train.Error, StringComparison.Ordinal);
        Assert.Contains("Mean: ", train.Output, StringComparison.Ordinal);

        await Cli.OkAsync(["multitask", "train", "--split", "--out", split, .. shape, .. tasks]);
        Assert.True(File.Exists(Path.Combine(split, "same", "model.safetensors")));

        foreach (string[] options in (string[][])[["--model", joint], ["--model", split], ["--model", joint, "--subnetwork", "small:l=1,h=1,u=8", "--precision", "int8"]])
        {
            Cli.Run evaluate = await Cli.OkAsync(["multitask", "evaluate", "--json", .. options, .. tasks]);
            using var json = JsonDocument.Parse(evaluate.Output);
            Assert.Equal(["mood", "same"], json.RootElement.GetProperty("heads").EnumerateArray().Select(head => head.GetProperty("head").GetString()));
            Assert.InRange(json.RootElement.GetProperty("overall").GetDouble(), 0, 1);
        }

        await Cli.OkAsync(["multitask", "train", "--model", joint, "--out", joint, "--epochs", "1", "--interleave", "alternating", .. tasks]);

        Cli.Run serve = await Cli.RunAsync("predict", "--model", joint, "--threads", "1");
        Assert.Equal(1, serve.Code);
        Assert.Contains("multitask", serve.Error, StringComparison.Ordinal);
        Assert.Single(serve.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Prune_JointAndSplitNetworks_WritesACurveForEachHead()
    {
        string[] tasks = ["--tasks", WriteTasks(), "--max-length", "16", "--threads", "1"];
        string[] shape = ["--new", "l=2,h=16,heads=2,u=32", "--vocab", Vocabulary, "--epochs", "1", "--lr", "1e-3"];
        string joint = _folder.File("joint"), split = _folder.File("split"), run = _folder.File("run");
        foreach (string[] options in (string[][])[["--out", joint], ["--out", split, "--split", "--seed", "1"]])
        {
            await Cli.OkAsync(["multitask", "train", .. options, .. shape, .. tasks]);
        }

        string[] arguments = ["multitask", "prune", "--method", "structured", "--model", joint, split, "--out", run, .. tasks];
        Cli.Run structured = await Cli.OkAsync(arguments);
        Assert.Contains("±", structured.Output, StringComparison.Ordinal);
        string journal = await File.ReadAllTextAsync(Path.Combine(run, "same", "2", "journal.jsonl"));
        Assert.Equal(0, (await Cli.RunAsync(arguments)).Code);
        Assert.Equal(journal, await File.ReadAllTextAsync(Path.Combine(run, "same", "2", "journal.jsonl")));
        Cli.Run report = await Cli.OkAsync("report", run);
        string page = await File.ReadAllTextAsync(Path.Combine(run, "report.html"));
        Assert.All((string[])["mood", "same", "cost against sparsity", "Every network", "±"], text => Assert.Contains(text, page, StringComparison.Ordinal));
        foreach (string file in (string[])["mood/curve.csv", "mood/curve.json", "mood/curve.svg", "same/cost.svg", "same/1/front.json"])
        {
            Assert.True(File.Exists(Path.Combine(run, file)), file);
        }

        string weights = _folder.File("weights");
        Cli.Run unstructured = await Cli.OkAsync(["multitask", "prune", "--method", "unstructured", "--per-layer", "--levels", "0.5", "--model", joint, "--out", weights, .. tasks]);
        Assert.Contains("unstructured per-layer levels=0.5", await File.ReadAllTextAsync(Path.Combine(weights, "mood", "curve.csv")), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(weights, "mood", "curve-prunable.svg")));
    }

    [Theory]
    [InlineData("--levels and --per-layer are for unstructured", "prune", "--method", "structured", "--per-layer", "--model", "x", "--out", "y")]
    [InlineData("--data DIR", "prune", "--method", "structured", "--model", "x", "--out", "y")]
    [InlineData("--data DIR", "train", "--out", "x", "--new", "l=1,h=8,heads=1,u=8")]
    [InlineData("--head-dropout is 1", "train", "--out", "x", "--head-dropout", "1")]
    [InlineData("float32 or bfloat16", "train", "--out", "x", "--precision", "int8")]
    [InlineData("--data DIR", "evaluate", "--model", "x")]
    public async Task Multitask_WrongOptions_SaysWhatToGive(string expected, params string[] arguments)
    {
        Cli.Run run = await Cli.RunAsync(["multitask", .. arguments]);
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_NeitherModelNorNew_SaysWhatToGive()
    {
        Cli.Run run = await Cli.RunAsync("multitask", "train", "--tasks", WriteTasks(), "--out", _folder.File("x"));
        Assert.Equal(2, run.Code);
        Assert.Contains("--new", run.Error, StringComparison.Ordinal);
    }

    private string WriteTasks()
    {
        string[] nouns = ["cat", "dog", "bird", "horse"];
        File.WriteAllLines(_folder.File("mood.tsv"), ["text\tmood", .. Enumerable.Range(0, 16).Select(i => $"the {nouns[i % 4]} is {(i % 2 == 0 ? "bad\t0" : "good\t1")}")]);
        File.WriteAllLines(_folder.File("pairs.tsv"), ["a\tb\tsame", .. Enumerable.Range(0, 16).Select(i => $"the {nouns[i % 4]}\ta {nouns[(i + (i % 2)) % 4]}\t{1 - (i % 2)}")]);
        File.WriteAllText(_folder.File("tasks.json"), """
            {"name": "two", "tasks": [
              {"head": "mood", "kind": "classification", "table": {"name": "mood", "train": "mood.tsv", "test": "mood.tsv", "text": "text", "label": "mood", "labels": ["0", "1"]}},
              {"head": "same", "kind": "siamese_concatenation", "table": {"name": "pairs", "train": "pairs.tsv", "test": "pairs.tsv", "text": "a", "pair": "b", "label": "same", "labels": ["0", "1"]}}]}
            """);
        return _folder.File("tasks.json");
    }
}
