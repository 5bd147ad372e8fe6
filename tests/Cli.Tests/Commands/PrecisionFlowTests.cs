using System.Text.Json;
using Endpoints.Bert.Checkpoints;
using Endpoints.Compute;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Commands;

/// <summary>Everywhere that a user of the commands meets precision, on one small model.</summary>
public sealed class PrecisionFlowTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("data");

    private string Model => _folder.File("model");

    [Fact]
    public async Task Evaluate_SeveralPrecisions_PrintsATableOrJson()
    {
        Cli.Run table = await Cli.OkAsync("evaluate", "--task", "demo", "--data", Data, "--model", Model, "--threads", "1", "--rounds", "1");
        Assert.All((string[])["float32", "bfloat16", "int8"], name => Assert.Contains(table.Lines, line => line.TrimStart().StartsWith(name, StringComparison.Ordinal)));
        Assert.Contains("Always answering the most frequent label: 0.5000.", table.Output, StringComparison.Ordinal);

        Cli.Run json = await Cli.OkAsync(
            "evaluate", "--task", "demo", "--data", Data, "--model", Model, "--subnetwork", "small:l=1,h=1,u=8", "--split", "validation", "--precision", "int8", "--json", "--threads", "1");
        JsonElement root = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal(("demo", "validation", "small:l=1,h=1,u=8"), (Text(root, "task"), Text(root, "split"), Text(root, "sub_network")));
        JsonElement report = root.GetProperty("report"), result = Assert.Single(report.GetProperty("results").EnumerateArray());
        Assert.Equal(("accuracy", "int8"), (Text(report, "metric"), Text(result, "precision")));
        Assert.InRange(result.GetProperty("score").GetDouble(), 0, 1);
        Assert.InRange(result.GetProperty("difference").GetDouble(), -0.1, 0.1);
        Assert.True(result.GetProperty("examples_per_second").GetDouble() > 0);
    }

    [Fact]
    public async Task Export_EachPrecision_IsSmallerAndAnswersNearlyAlike()
    {
        const string pair = """{"premise": "a dog runs", "hypothesis": "an animal runs"}""";
        float[] expected = Logits(await Cli.WithInputAsync(pair, "predict", "--model", Model, "--threads", "1"));
        long last = long.MaxValue;
        foreach (string precision in (string[])["float32", "int8", "bfloat16"])
        {
            string output = _folder.File(precision);
            Cli.Run export = await Cli.OkAsync("export", "--model", Model, "--precision", precision, "--out", output, "--task", "demo", "--data", Data);
            Assert.Contains($" in {precision}, ", export.Output, StringComparison.Ordinal);
            Assert.Contains($"(measured in {precision})", export.Output, StringComparison.Ordinal);
            long size = new FileInfo(Path.Combine(output, "model.safetensors")).Length;
            Assert.True(size < last, $"{precision}: {size}");
            last = size;

            EndpointMetadata metadata = CheckpointFolder.Load(output).Metadata!;
            Assert.Equal((precision, precision, "test"), (PrecisionName.Of(metadata.Precision), PrecisionName.Of(metadata.MeasuredIn), metadata.Split));
            Cli.Run predict = await Cli.WithInputAsync(pair, "predict", "--model", output, "--threads", "1", "--precision", precision);
            Assert.Contains($"full in {precision}, cpu ", predict.Error, StringComparison.Ordinal);
            float[] found = Logits(predict);
            Assert.All(expected.Zip(found), logit => Assert.True(Math.Abs(logit.First - logit.Second) <= 0.05f, $"{precision}: {logit}"));
        }
    }

    [Fact]
    public async Task Search_InAPrecision_SaysSoInItsJournalAndPassesItOn()
    {
        string search = _folder.File("search"), pruned = _folder.File("pruned");
        Cli.Run run = await Cli.OkAsync(
            "search", "--task", "demo", "--data", Data, "--model", Model, "--out", search, "--trials", "3", "--max-length", "32", "--precision", "int8", "--threads", "1");
        Assert.Contains("Wrote 3 trials, measured in int8, and their front", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"precision\":\"int8\"", File.ReadLines(Path.Combine(search, "journal.jsonl")).First(), StringComparison.Ordinal);
        await Cli.OkAsync("export", "--search", search, "--model", Model, "--pick", "trial:1", "--out", pruned);
        Assert.Equal(Precision.Int8, CheckpointFolder.Load(pruned).Metadata!.MeasuredIn);

        Cli.Run other = await Cli.RunAsync(
            "search", "--task", "demo", "--data", Data, "--model", Model, "--out", search, "--trials", "4", "--max-length", "32", "--precision", "float32", "--threads", "1");
        Assert.Equal(1, other.Code);
        Assert.Contains("precision is int8 there and float32 here", other.Error, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => DemoModel.TrainAsync(Data, Model);

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static float[] Logits(Cli.Run run) =>
        [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("logits").EnumerateArray().Select(logit => logit.GetSingle())];
}
