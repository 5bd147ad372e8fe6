using System.Text.Json;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Commands;

/// <summary>The way of a user with an RTE-shaped data set and a checkpoint: every command on real files, small enough for a test.</summary>
public sealed class RteFlowTests
{
    private static readonly string Vocabulary = Path.Combine(Repository.Root, "tests", "vocab", "uncased");

    [Fact]
    public async Task TrainSearchExportPredict_SmallRandomCheckpoint_EachCommandTakesTheOnesFiles()
    {
        using var folder = new TemporaryFolder();
        WriteRte(folder);
        string model = folder.File("super"), search = folder.File("search"), pruned = folder.File("pruned");

        Cli.Run train = await Cli.OkAsync(
            "train", "--task", "rte", "--data", folder.Path, "--new", "l=2,h=32,heads=2,u=64", "--vocab", Vocabulary, "--out", model,
            "--epochs", "1", "--batch", "16", "--lr", "1e-3", "--max-length", "32", "--threads", "2");
        Assert.Contains("test 0.", train.Output, StringComparison.Ordinal);

        string[] arguments =
            ["search", "--task", "rte", "--data", folder.Path, "--model", model, "--out", search, "--trials", "6", "--max-length", "32", "--threads", "1"];
        await Cli.OkAsync(arguments);
        string journal = await File.ReadAllTextAsync(Path.Combine(search, "journal.jsonl"));
        await Cli.OkAsync(arguments);
        Assert.Equal(journal, await File.ReadAllTextAsync(Path.Combine(search, "journal.jsonl")));
        Assert.Contains("<svg", await File.ReadAllTextAsync(Path.Combine(search, "front.svg")), StringComparison.Ordinal);

        string[] otherSearch =
        [
            "search", "--task", "rte", "--data", folder.Path, "--model", model, "--out", folder.File("large"), "--trials", "5", "--max-length", "32", "--threads", "1",
            "--space", "large", "--sampling", "stratified", "--method", "ehvi", "--objectives", "error,memory,latency-table",
        ];
        Cli.Run large = await Cli.OkAsync(otherSearch);
        Assert.Contains("Latency table measured", large.Error, StringComparison.Ordinal);
        Assert.Equal(6, (await File.ReadAllLinesAsync(Path.Combine(folder.File("large"), "journal.jsonl"))).Length);
        Assert.True(File.Exists(Path.Combine(folder.File("large"), "latency-table.json")));

        Cli.Run export = await Cli.OkAsync(
            "export", "--search", search, "--model", model, "--pick", "trial:4", "--out", pruned, "--data", folder.Path, "--max-length", "32", "--no-calibration");
        string subNetwork = export.Output[export.Output.IndexOf("small:", StringComparison.Ordinal)..export.Output.IndexOf(" parameters", StringComparison.Ordinal)];
        subNetwork = subNetwork[..subNetwork.LastIndexOf(", ", StringComparison.Ordinal)];

        string onnx = folder.File("pruned.onnx");
        Cli.Run file = await Cli.OkAsync("export", "--search", search, "--model", model, "--pick", "trial:4", "--format", "onnx", "--precision", "int8", "--out", onnx);
        Assert.Contains($"{subNetwork}, int8", file.Output, StringComparison.Ordinal);
        Assert.True(new FileInfo(onnx).Length > 0);

        const string pair = """{"premise": "The cat sat on the mat.", "hypothesis": "A cat sat."}""";
        Cli.Run whole = await Cli.WithInputAsync(pair, "predict", "--model", model, "--subnetwork", subNetwork, "--threads", "1");
        Cli.Run own = await Cli.WithInputAsync(pair, "predict", "--model", pruned, "--threads", "1");
        Assert.Equal(0, whole.Code);
        Assert.Equal(whole.Output, own.Output);
        using var answer = JsonDocument.Parse(own.Output);
        Assert.Contains(answer.RootElement.GetProperty("label").GetString(), (string[])["entailment", "not_entailment"]);
        Assert.Equal(2, answer.RootElement.GetProperty("logits").GetArrayLength());
    }

    [Theory]
    [InlineData("found both", "--format", "checkpoint", "--pick", "3")]
    [InlineData("found both", "--format", "onnx", "--search", "x", "--subnetwork", "full")]
    [InlineData("int8", "--precision", "int4")]
    public async Task Export_OptionsThatDoNotGoTogether_SaysWhatIsExpected(string expected, params string[] options)
    {
        using var folder = new TemporaryFolder();
        Cli.Run run = await Cli.RunAsync(["export", "--model", folder.File("none"), "--out", folder.File("x"), .. options]);
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_NeitherModelNorNew_SaysWhatToGive()
    {
        using var folder = new TemporaryFolder();
        WriteRte(folder);
        Cli.Run run = await Cli.RunAsync("train", "--task", "rte", "--data", folder.Path, "--out", folder.File("x"));
        Assert.Equal(2, run.Code);
        Assert.Contains("--new", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_BFloat16_SaysSpeedAndShareOfThePeak()
    {
        using var folder = new TemporaryFolder();
        WriteRte(folder);
        Cli.Run run = await Cli.OkAsync(
            "train", "--task", "rte", "--data", folder.Path, "--new", "l=1,h=32,heads=2,u=64", "--vocab", Vocabulary, "--out", folder.File("super"),
            "--epochs", "1", "--batch", "16", "--max-length", "32", "--threads", "1", "--precision", "bfloat16");
        Assert.Contains("epoch 1/1: loss 0.", run.Error, StringComparison.Ordinal);
        Assert.Matches("[0-9]+ tokens/s, [0-9]+ GFLOP/s in bfloat16: [0-9]+ % of the [0-9]+ that 1 thread can do at most", run.Error);
    }

    [Theory]
    [InlineData("int8", "float32 or bfloat16")]
    [InlineData("half", "no precision")]
    public async Task Train_PrecisionThatCannotTrain_SaysWhatCan(string precision, string expected)
    {
        Cli.Run run = await Cli.RunAsync("train", "--task", "rte", "--data", ".", "--out", "x", "--precision", precision);
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    internal static void WriteRte(TemporaryFolder folder)
    {
        string[] nouns = ["cat", "dog", "bird", "horse"], verbs = ["sleeps", "runs", "sings", "eats"];
        IEnumerable<string> rows = Enumerable.Range(0, 64).Select(i =>
            $"{i}\tThe {nouns[i % 4]} {verbs[i / 4 % 4]} in the garden.\tThe {nouns[(i + (i % 2)) % 4]} {verbs[i / 4 % 4]}.\t{(i % 2 == 0 ? "entailment" : "not_entailment")}");
        File.WriteAllLines(folder.File("train.tsv"), rows.Prepend("index\tsentence1\tsentence2\tlabel"));
        File.WriteAllLines(folder.File("dev.tsv"), rows.Take(16).Prepend("index\tsentence1\tsentence2\tlabel"));
    }
}
