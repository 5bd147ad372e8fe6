using System.Text.Json;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Commands;

/// <summary>Train, rewire and prune on real files, small enough for a test.</summary>
public sealed class PruneFlowTests
{
    [Fact]
    public async Task TrainRewirePrune_TwoSeeds_WritesCurvesAndCheckpointsThatTheOtherCommandsTake()
    {
        using var folder = new TemporaryFolder();
        string task = WriteTask(folder);
        string[] models = [folder.File("first"), folder.File("second")];
        foreach ((string model, int seed) in models.Select((model, seed) => (model, seed)))
        {
            await Cli.OkAsync(
                "train", "--task", task, "--new", "l=2,h=32,heads=4,u=48", "--vocab", Path.Combine(Repository.Root, "tests", "vocab", "uncased"), "--out", model,
                "--epochs", "1", "--lr", "1e-3", "--max-length", "16", "--threads", "2", "--seed", $"{seed}");
        }

        string rewired = folder.File("rewired");
        Cli.Run rewire = await Cli.OkAsync("rewire", "--task", task, "--model", models[0], "--out", rewired, "--max-length", "16", "--threads", "2");
        Assert.Contains("heads and units by |dL/dm| over", rewire.Output, StringComparison.Ordinal);
        using (var metadata = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(rewired, "endpoint.json"))))
        {
            Assert.Contains("|dL/dm|", metadata.RootElement.GetProperty("rewiring").GetString(), StringComparison.Ordinal);
        }

        string run = folder.File("run");
        string[] arguments =
            ["prune", "--method", "structured", "--task", task, "--model", models[0], models[1], "--out", run, "--max-length", "16", "--threads", "1"];
        Cli.Run structured = await Cli.OkAsync(arguments);
        Assert.Contains("±", structured.Output, StringComparison.Ordinal);
        string journal = await File.ReadAllTextAsync(Path.Combine(run, "2", "journal.jsonl"));
        await Cli.OkAsync(arguments);
        Assert.Equal(journal, await File.ReadAllTextAsync(Path.Combine(run, "2", "journal.jsonl")));
        foreach (string file in (string[])["curve.csv", "curve.json", "curve.svg", "cost.svg", "1/front.json"])
        {
            Assert.True(File.Exists(Path.Combine(run, file)), file);
        }

        string tuned = folder.File("tuned");
        await Cli.OkAsync(
            "prune", "--method", "rfp", "--levels", "0.5", "--save", "--task", task, "--model", models[0], "--out", tuned, "--max-length", "16", "--threads", "1");
        Cli.Run predict = await Cli.WithInputAsync(
            """{"text": "a fine film"}""", "predict", "--model", Path.Combine(tuned, "networks", "01"), "--threads", "1");
        Assert.True(predict.Code == 0, predict.Error);
        Cli.Run export = await Cli.RunAsync("export", "--search", tuned, "--model", models[0], "--pick", "1", "--out", folder.File("wrong"));
        Assert.Equal(1, export.Code);
        Assert.Contains("changed by rfp", export.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no pruning method 'magic'", "--method", "magic")]
    [InlineData("is no number", "--method", "heads", "--levels", "0.1,many")]
    [InlineData("ascend", "--method", "rfp", "--levels", "0.5,0.1")]
    public async Task Prune_BadOptions_SaysWhatIsExpected(string expected, params string[] options)
    {
        using var folder = new TemporaryFolder();
        string task = WriteTask(folder);
        await Cli.OkAsync(
            "train", "--task", task, "--new", "l=1,h=16,heads=2,u=16", "--vocab", Path.Combine(Repository.Root, "tests", "vocab", "uncased"), "--out", folder.File("model"),
            "--epochs", "1", "--max-length", "8", "--threads", "1", "--strategy", "standard");
        Cli.Run run = await Cli.RunAsync(["prune", "--task", task, "--model", folder.File("model"), "--out", folder.File("x"), "--threads", "1", .. options]);
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private static string WriteTask(TemporaryFolder folder)
    {
        string[] rows = [.. Enumerable.Range(0, 40).Select(i => $"{(i % 3 == 0 ? "a fine film" : "a dull mess")} number {i}\t{(i % 3 == 0 ? "good" : "bad")}")];
        File.WriteAllLines(folder.File("train.tsv"), ["text\tlabel", .. rows]);
        File.WriteAllLines(folder.File("test.tsv"), ["text\tlabel", .. rows.Take(12)]);
        File.WriteAllText(folder.File("task.json"), """{"name": "films", "train": "train.tsv", "test": "test.tsv", "text": "text", "label": "label", "labels": ["bad", "good"]}""");
        return $"table:{folder.File("task.json")}";
    }
}
