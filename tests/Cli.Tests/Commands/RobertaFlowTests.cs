using System.Net.Http.Json;
using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Cli.Commands;
using Endpoints.Serving;
using Endpoints.Tests;
using Microsoft.AspNetCore.Builder;

namespace Endpoints.Cli.Tests.Commands;

/// <summary>A RoBERTa through every command, from random weights to an answer over HTTP.</summary>
public sealed class RobertaFlowTests
{
    private static readonly string Vocabulary = Path.Combine(Repository.Root, "tests", "vocab", "roberta");

    [Fact]
    public async Task TrainExportEvaluatePredictServe_SmallRandomRoberta_EachCommandTakesTheOnesFiles()
    {
        using var folder = new TemporaryFolder();
        RteFlowTests.WriteRte(folder);
        string model = folder.File("super"), pruned = folder.File("pruned"), int8 = folder.File("int8"), onnx = folder.File("model.onnx");
        Cli.Run train = await Cli.OkAsync(
            "train", "--task", "rte", "--data", folder.Path, "--new", "arch=roberta,l=2,h=16,heads=2,u=32", "--vocab", Vocabulary, "--out", model,
            "--epochs", "1", "--batch", "32", "--max-length", "24", "--threads", "1");
        Assert.Contains("test 0.", train.Output, StringComparison.Ordinal);
        BertConfig config = CheckpointFolder.Load(model).Config;
        Assert.Equal((Architecture.Roberta, 26, 24), (config.Architecture, config.MaxPositions, config.MaxSequenceLength));

        await Cli.OkAsync("export", "--model", model, "--subnetwork", "small:l=1,h=1,u=8", "--out", pruned);
        await Cli.OkAsync("export", "--model", model, "--precision", "int8", "--out", int8);
        await Cli.OkAsync("export", "--model", model, "--format", "onnx", "--out", onnx);
        Assert.True(new FileInfo(onnx).Length > 0);
        Cli.Run evaluate = await Cli.OkAsync("evaluate", "--task", "rte", "--data", folder.Path, "--model", int8, "--precision", "int8", "--threads", "1", "--rounds", "1");
        Assert.Contains("int8", evaluate.Output, StringComparison.Ordinal);

        string pair = JsonSerializer.Serialize(new { premise = "A cat sat.", hypothesis = string.Join(' ', Enumerable.Repeat("long", 100)) });
        Cli.Run whole = await Cli.WithInputAsync(pair, "predict", "--model", model, "--subnetwork", "small:l=1,h=1,u=8", "--threads", "1");
        Cli.Run own = await Cli.WithInputAsync(pair, "predict", "--model", pruned, "--threads", "1");
        Assert.True(whole.Code == 0, whole.Error);
        Assert.Equal(whole.Output, own.Output);

        using var engine = new CpuEngine(threadsPerLane: 1);
        var configuration = new Dictionary<string, string?> { ["urls"] = "http://127.0.0.1:0" };
        await using WebApplication app = ServingHost.Build(engine, ServeCommand.Load([$"base={model}"], configuration), new ServingSettings { Configuration = configuration });
        await app.StartAsync();
        await ServingHost.WaitUntilReadyAsync(app, CancellationToken.None);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        JsonElement endpoint = JsonDocument.Parse(await client.GetStringAsync("/endpoints")).RootElement.GetProperty("endpoints")[0];
        Assert.Equal(24, endpoint.GetProperty("maxLength").GetInt32());
        using HttpResponseMessage answer = await client.PostAsJsonAsync("/endpoints/base/invoke", new { premise = "A cat sat.", hypothesis = "A cat." });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await app.StopAsync();
    }

    [Theory]
    [InlineData("arch=roberta,l=1,h=16,heads=2,u=16", "uncased", "needs a byte-level BPE tokenizer (vocab.json and merges.txt), found WordPiece")]
    [InlineData("l=1,h=16,heads=2,u=16", "roberta", "add arch=roberta")]
    [InlineData("arch=gpt2,l=1,h=16,heads=2,u=16", "roberta", "'arch=gpt2' is no NAME=NUMBER, nor arch=bert or arch=roberta")]
    public async Task Train_NewOfAnotherKind_SaysWhatGoesTogether(string shape, string vocabulary, string expected)
    {
        using var folder = new TemporaryFolder();
        RteFlowTests.WriteRte(folder);
        Cli.Run run = await Cli.RunAsync(
            "train", "--task", "rte", "--data", folder.Path, "--new", shape, "--vocab", Path.Combine(Vocabulary, "..", vocabulary), "--out", folder.File("x"));
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }
}
