using System.Text.Json;
using Endpoints.Bert.Checkpoints;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Commands;

/// <summary>From a search to what is served: noise-aware choice, calibration, further fine-tuning; and the stand-alone search, on one small model.</summary>
public sealed class ChosenFlowTests : IAsyncLifetime
{
    private const string Pair = """{"premise": "a dog runs", "hypothesis": "an animal runs"}""";

    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("data");

    private string Model => _folder.File("model");

    [Fact]
    public async Task SearchExportFineTune_ChosenSubNetwork_IsCalibratedAndBetterKnown()
    {
        string search = _folder.File("search"), pruned = _folder.File("pruned"), plain = _folder.File("plain"), tuned = _folder.File("tuned");
        Cli.Run searched = await Cli.OkAsync(
            "search", "--task", "demo", "--data", Data, "--model", Model, "--out", search, "--trials", "4", "--max-length", "32", "--threads", "1", "--stop-dominated",
            "--objectives", "error,parameters");
        Assert.Contains("Differences that chance does not explain leave", searched.Output, StringComparison.Ordinal);
        using var front = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(search, "front.json")));
        Assert.True(front.RootElement.GetProperty("noiseAwareFront").GetArrayLength() > 0);
        Assert.False(front.RootElement.GetProperty("front")[0].TryGetProperty("predictions", out _));
        JsonElement details = front.RootElement.GetProperty("base").GetProperty("details");
        double error = front.RootElement.GetProperty("base").GetProperty("values")[0].GetDouble();
        Assert.InRange(error, details.GetProperty("error_low").GetDouble(), details.GetProperty("error_high").GetDouble());

        string[] export = ["export", "--search", search, "--model", Model, "--pick", "smallest-not-worse", "--data", Data, "--max-length", "32"];
        Cli.Run exported = await Cli.OkAsync([.. export, "--out", pruned]);
        Assert.Contains("Calibrated on validation: temperature ", exported.Output, StringComparison.Ordinal);
        Assert.Contains(" (95 %: 0.", exported.Output, StringComparison.Ordinal);
        EndpointMetadata metadata = CheckpointFolder.Load(pruned).Metadata!;
        double temperature = metadata.Temperature!.Value;
        Assert.InRange(metadata.Metrics["validation_nll"], 0, metadata.Metrics["validation_nll_uncalibrated"] + 1e-9);
        Assert.InRange(metadata.Metrics["accuracy"], metadata.Metrics["accuracy_low"], metadata.Metrics["accuracy_high"]);
        await AssertScores(pruned, temperature);

        await Cli.OkAsync([.. export, "--out", plain, "--no-calibration"]);
        Assert.Null(CheckpointFolder.Load(plain).Metadata!.Temperature);
        await AssertScores(plain, 1);
        Cli.Run onnx = await Cli.OkAsync([.. export, "--out", _folder.File("pruned.onnx"), "--format", "onnx"]);
        Assert.Contains("Calibrated on validation", onnx.Output, StringComparison.Ordinal);

        Cli.Run finetuned = await Cli.OkAsync(
            "finetune", "--search", search, "--model", Model, "--pick", "trial:2", "--data", Data, "--out", tuned, "--epochs", "1", "--batch", "32", "--lr", "1e-3",
            "--max-length", "32", "--threads", "1");
        Assert.Contains("epoch 1; validation accuracy 0.", finetuned.Output, StringComparison.Ordinal);
        Checkpoint checkpoint = CheckpointFolder.Load(tuned);
        Assert.Equal(("small:l=1,h=1,u=31", 1), (checkpoint.Metadata!.SubNetwork, checkpoint.Config.LayerCount));
        Assert.Subset(
            checkpoint.Metadata.Metrics.Keys.ToHashSet(),
            new HashSet<string> { "accuracy", "accuracy_low", "accuracy_before_finetuning", "validation_accuracy_before_finetuning_low", "finetuning_epochs" });
        Assert.NotNull(checkpoint.Metadata.Temperature);
    }

    [Fact]
    public async Task SearchStandAlone_LayerDropping_FineTunesEachDepthOnceAndResumes()
    {
        string run = _folder.File("alone");
        string[] arguments =
        [
            "search", "--task", "demo", "--data", Data, "--model", Model, "--out", run, "--stand-alone", "--method", "layer-dropping", "--objectives", "error,parameters",
            "--epochs", "2", "--batch", "64", "--lr", "1e-3", "--max-length", "32", "--precision", "float32", "--threads", "1",
        ];
        await Cli.OkAsync([.. arguments, "--trials", "1"]);
        await Cli.OkAsync(arguments);
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(run, "journal.jsonl"));
        Assert.Equal(3, lines.Length);
        string[] networks = ["full", "small:l=1,h=2,u=64"];
        for (int i = 0; i < networks.Length; i++)
        {
            using var trial = JsonDocument.Parse(lines[i + 1]);
            JsonElement details = trial.RootElement.GetProperty("details");
            Assert.Equal(networks[i], trial.RootElement.GetProperty("subNetwork").GetString());
            double[] curve = [details.GetProperty("error_epoch_1").GetDouble(), details.GetProperty("error_epoch_2").GetDouble()];
            Assert.Equal(curve.Min(), trial.RootElement.GetProperty("values")[0].GetDouble());
            Assert.InRange(details.GetProperty("test_error").GetDouble(), 0, 1);
        }

        Cli.Run other = await Cli.RunAsync([.. arguments, "--seed", "3"]);
        Assert.Equal(1, other.Code);
        Assert.Contains("stand-alone fine-tuning is 2 epochs", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SearchStandAlone_Asha_EndsFineTuningsEarlyAndSaysHowMany()
    {
        string run = _folder.File("asha");
        string[] arguments =
        [
            "search", "--task", "demo", "--data", Data, "--model", Model, "--out", run, "--stand-alone", "--method", "random", "--objectives", "error,parameters", "--trials", "5",
            "--epochs", "2", "--batch", "64", "--lr", "1e-3", "--max-length", "32", "--precision", "float32", "--threads", "1",
        ];
        Cli.Run searched = await Cli.OkAsync([.. arguments, "--scheduler", "asha"]);
        double[] epochs = [.. (await File.ReadAllLinesAsync(Path.Combine(run, "journal.jsonl"))).Skip(1).Select(line =>
        {
            using var trial = JsonDocument.Parse(line);
            return trial.RootElement.GetProperty("details").GetProperty("epochs").GetDouble();
        })];
        Assert.Equal(2, epochs[0]);
        Assert.Contains(1, epochs);
        Assert.Contains($"asha ended {epochs.Count(count => count == 1)} of 5 fine-tunings early: {epochs.Sum()} of 10 epochs were run.", searched.Output, StringComparison.Ordinal);

        Cli.Run other = await Cli.RunAsync([.. arguments, "--scheduler", "none"]);
        Assert.Equal(1, other.Code);
        Assert.Contains("scheduler is asha there and none here", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_Sampling_DrawsOtherSubNetworks()
    {
        string[] train =
        [
            "train", "--task", "demo", "--data", Data, "--new", "l=1,h=32,heads=2,u=32", "--vocab", Data, "--epochs", "1", "--batch", "64", "--strategy", "random",
            "--max-length", "32", "--threads", "1",
        ];
        async Task<byte[]> Weights(params string[] sampling)
        {
            string model = _folder.File($"drawn-{sampling.LastOrDefault()}");
            await Cli.OkAsync([.. train, "--out", model, .. sampling]);
            return await File.ReadAllBytesAsync(Path.Combine(model, "model.safetensors"));
        }

        byte[] unnamed = await Weights();
        Assert.Equal(unnamed, await Weights("--sampling", "paper"));
        Assert.NotEqual(unnamed, await Weights("--sampling", "stratified"));
    }

    [Fact]
    public async Task Train_FixedTeacher_IsFollowed()
    {
        string[] train =
        [
            "train", "--task", "demo", "--data", Data, "--new", "l=1,h=32,heads=2,u=32", "--vocab", Data, "--epochs", "1", "--batch", "64", "--strategy", "standard",
            "--max-length", "32", "--threads", "1",
        ];
        string alone = _folder.File("untaught"), taught = _folder.File("taught");
        await Cli.OkAsync([.. train, "--out", alone]);
        await Cli.OkAsync([.. train, "--out", taught, "--teacher", Model]);
        Assert.NotEqual(await File.ReadAllBytesAsync(Path.Combine(alone, "model.safetensors")), await File.ReadAllBytesAsync(Path.Combine(taught, "model.safetensors")));
    }

    [Theory]
    [InlineData("is for --strategy distillation", "train", "--new", "l=1,h=32,heads=2,u=64", "--vocab", "DATA", "--teacher", "untrained")]
    [InlineData("Give either --search DIR", "finetune", "--model", "MODEL")]
    [InlineData("found both", "export", "--model", "MODEL", "--search", "x", "--subnetwork", "full")]
    [InlineData("add --stand-alone", "search", "--model", "MODEL", "--scheduler", "asha")]
    [InlineData("no trial scheduler 'x'", "search", "--model", "MODEL", "--stand-alone", "--scheduler", "x")]
    [InlineData("cannot shorten", "search", "--model", "MODEL", "--stand-alone", "--stop-dominated")]
    public async Task Run_OptionsThatDoNotGoTogether_SaysWhatIsExpected(string expected, string command, params string[] options)
    {
        string[] filled = [.. options.Select(option => option switch { "DATA" => Data, "MODEL" => Model, _ => option })];
        string[] task = command == "export" ? [] : ["--task", "demo", "--data", Data];
        Cli.Run run = await Cli.RunAsync([command, .. task, "--out", _folder.File("x"), .. filled]);
        Assert.Equal(2, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        Cli.Run train = await DemoModel.TrainAsync(Data, Model, "sandwich", "--smallest", "small:l=1,h=1,u=1");
        Assert.Matches("a pass took [0-9]+ % of the super-network's operations on average: full 100 % in [0-9.]+ ms .*, random [0-9]+ % in .*, smallest [0-9]+ % in ", train.Error);
        Assert.Contains(" (95 %: 0.", train.Output, StringComparison.Ordinal);
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Scores are softmax of the logits over the temperature.</summary>
    private static async Task AssertScores(string model, double temperature)
    {
        Cli.Run run = await Cli.WithInputAsync(Pair, "predict", "--model", model, "--threads", "1");
        JsonElement answer = JsonDocument.Parse(run.Output).RootElement;
        double[] logits = [.. answer.GetProperty("logits").EnumerateArray().Select(logit => logit.GetDouble())];
        double expected = 1 / logits.Sum(logit => Math.Exp((logit - logits.Max()) / temperature));
        double found = answer.GetProperty("scores").EnumerateObject().Max(score => score.Value.GetDouble());
        Assert.True(Math.Abs(expected - found) <= 1e-5, $"{found}, expected {expected}");
    }
}
