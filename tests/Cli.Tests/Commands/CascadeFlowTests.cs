using System.Text.Json;
using Endpoints.Bert;
using Endpoints.Cli.Cascades;
using Endpoints.Cli.Commands;
using Endpoints.Serving;
using Endpoints.Tests;
using Microsoft.AspNetCore.Builder;

namespace Endpoints.Cli.Tests.Commands;

/// <summary>From a trained network to a served cascade of it and its first layer.</summary>
public sealed class CascadeFlowTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("data");

    private string Model => _folder.File("models/base");

    private string File => _folder.File("models/cascade.json");

    [Fact]
    public async Task Cascade_PromiseThatCanBeKept_IsWrittenAndServed()
    {
        Cli.Run run = await Choose("--max-loss", "40", "--threads", "1");
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("loses at most", run.Output, StringComparison.Ordinal);
        Assert.Contains($"endpoints serve --endpoint fast=cascade:{File}", string.Concat(run.Lines), StringComparison.Ordinal);
        Assert.StartsWith("<svg", await System.IO.File.ReadAllTextAsync(Path.ChangeExtension(File, ".svg")), StringComparison.Ordinal);

        var configuration = new Dictionary<string, string?> { ["urls"] = "http://127.0.0.1:0", ["Endpoints:Server:DrainDelay"] = "0" };
        EndpointDefinition[] endpoints = ServeCommand.Load([$"base={Model}", $"fast=cascade:{File}"], configuration);
        Assert.Same(endpoints[0].Checkpoint, endpoints[1].Checkpoint);
        Assert.Same(endpoints[1].Checkpoint, endpoints[1].Cascade!.Checkpoint);
        Assert.Equal("float32", configuration["Endpoints:ByName:fast:Precision"]);
        using var engine = new CpuEngine(threadsPerLane: 1);
        await using WebApplication app = ServingHost.Build(engine, endpoints, new ServingSettings { Configuration = configuration });
        await app.StartAsync();
        await ServingHost.WaitUntilReadyAsync(app, CancellationToken.None);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        JsonElement fast = JsonDocument.Parse(await client.GetStringAsync("/endpoints/fast")).RootElement;
        Assert.Equal((CascadeFile.Read(File).Accuracy, "test", "demo"), (fast.GetProperty("accuracy").GetDouble(), fast.GetProperty("split").GetString(), fast.GetProperty("task").GetString()));
        Assert.Equal("small:l=1,h=2,u=64", fast.GetProperty("cascade").GetProperty("small").GetProperty("subNetwork").GetString());
    }

    [Fact]
    public async Task Cascade_PromiseThatCannotBeKept_SaysWhatWould()
    {
        Cli.Run run = await Choose("--max-loss", "0.01", "--threads", "1");

        Assert.Equal(ExitCode.Failed, run.Code);
        string text = string.Join(' ', run.Lines);
        Assert.Contains("No threshold keeps the loss within 0.01 points with 95 % confidence: nothing was written.", text, StringComparison.Ordinal);
        Assert.Contains("examples cannot show that", text, StringComparison.Ordinal);
        Assert.Contains("With --max-loss", text, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Fact]
    public async Task Cascade_Json_HasEveryThreshold()
    {
        Cli.Run run = await Choose("--max-loss", "40", "--json", "--split", "validation", "--check", "none", "--threads", "1");
        JsonElement report = JsonDocument.Parse(run.Output).RootElement;

        Assert.True(report.GetProperty("points").GetArrayLength() > 20);
        Assert.Equal(CascadeFile.Read(File).Threshold, report.GetProperty("chosen").GetProperty("threshold").GetDouble());
        Assert.Equal("validation", CascadeFile.Read(File).Split);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("check").ValueKind);
    }

    [Fact]
    public async Task Cascade_PairsOfTheirOwn_AreWhatTheThresholdIsChosenOn()
    {
        Cli.Run run = await Choose("--max-loss", "40", "--json", "--pairs", Path.Combine(Data, "calibration.tsv"), "--threads", "1");
        JsonElement report = JsonDocument.Parse(run.Output).RootElement, check = report.GetProperty("check");

        Assert.Equal(("calibration.tsv", 1000, 0), (report.GetProperty("split").GetString(), report.GetProperty("examples").GetInt32(), report.GetProperty("warnings").GetArrayLength()));
        Assert.Equal(("calibration.tsv", "test"), (CascadeFile.Read(File).ChosenOn, CascadeFile.Read(File).Split));
        double loss = check.GetProperty("loss").GetDouble();
        Assert.Equal(check.GetProperty("large_accuracy").GetDouble() - check.GetProperty("accuracy").GetDouble(), loss);
        JsonElement interval = check.GetProperty("loss_interval");
        Assert.True(interval.GetProperty("low").GetDouble() < loss && loss < interval.GetProperty("high").GetDouble(), interval.ToString());
    }

    [Fact]
    public async Task Cascade_PairsThatOthersHaveUsed_SaysSo()
    {
        Cli.Run run = await Choose("--max-loss", "40", "--pairs", Path.Combine(Data, "validation.tsv"), "--threads", "1");

        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("Warning: 400 of the 400 examples of validation.tsv are validation examples too: the promise is about examples", run.Output, StringComparison.Ordinal);
        Assert.Single(CascadeFile.Read(File).Warnings);
    }

    [Fact]
    public async Task Cascade_SmallNetworkScoredOnTheSameExamples_SaysSo()
    {
        Cli.Run run = await Cli.OkAsync("cascade", "--task", "demo", "--data", Data, "--small", Model, "--large", Model, "--check", "none", "--threads", "1", "--max-loss", "1");

        Assert.Contains("Warning: The small network's endpoint.json has a score on the validation examples.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cascade_PairsAndSplit_IsRefused()
    {
        Cli.Run run = await Choose("--pairs", Path.Combine(Data, "calibration.tsv"), "--split", "validation");

        Assert.Equal(ExitCode.BadArguments, run.Code);
        Assert.Contains("expected --pairs or --split, found both", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--max-loss", "0", "above 0 and below 100 points, found 0.")]
    [InlineData("--confidence", "100", "above 0.5 and below 1, found 1.")]
    [InlineData("--check", "validation", "cannot both choose the threshold and check it")]
    public async Task Cascade_WrongArgument_SaysWhatIsExpected(string option, string value, string expected)
    {
        Cli.Run run = await Choose(option, value);

        Assert.Equal(ExitCode.BadArguments, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_BrokenFiles_AreRefusedWithOneSentence()
    {
        await Choose("--max-loss", "40", "--threads", "1");
        string whole = await System.IO.File.ReadAllTextAsync(File);
        string Refusal(string text)
        {
            System.IO.File.WriteAllText(File, text);
            return Assert.Throws<FormatException>(() => ServeCommand.Load([$"fast=cascade:{File}"], new Dictionary<string, string?>())).Message;
        }

        for (int length = 0; length < whole.TrimEnd().Length; length += 7)
        {
            Assert.Contains("expected a file that 'endpoints cascade' has written", Refusal(whole[..length]), StringComparison.Ordinal);
        }

        Assert.Contains("cannot be read as one", Refusal(whole.Replace("\"threshold\"", "\"treshold\"", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("found one of version 2", Refusal(whole.Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal)), StringComparison.Ordinal);
        string weights = CascadeFile.Read(Rewrite(whole)).Small.Weights;
        Assert.Contains(
            "its threshold was chosen for weights with fingerprint 0123456789abcdef", Refusal(whole.Replace(weights, "0123456789abcdef", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("there is no such file", Assert.Throws<FormatException>(() => ServeCommand.Load(["fast=cascade:nothing"], new Dictionary<string, string?>())).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<FormatException>(() => ServeCommand.Load(["fast=cascade:nothing.json"], new Dictionary<string, string?>())).Message, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => DemoModel.TrainAsync(Data, Model);

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private Task<Cli.Run> Choose(params string[] more) => Cli.RunAsync(
        ["cascade", "--task", "demo", "--data", Data, "--small", $"{Model}#small:l=1,h=2,u=64", "--large", Model, "--precision", "float32", .. more]);

    private string Rewrite(string text)
    {
        System.IO.File.WriteAllText(File, text);
        return File;
    }
}
