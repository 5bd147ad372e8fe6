using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tokenization;
using Endpoints.Bert.Training;
using Endpoints.Cli.Commands;
using Endpoints.Compute;
using Endpoints.LoadTest;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.Report;
using Endpoints.LoadTest.Results;
using Endpoints.Pruning;
using Endpoints.Pruning.Cascades;
using Endpoints.Pruning.Export;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tasks;
using Endpoints.Pruning.Tasks.Demo;
using Endpoints.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Endpoints.Cli.Demo;

/// <summary>The main job, end to end: data, super-network, search, two checkpoints, a cascade, three endpoints, load test, report. Each step is the command of its name.</summary>
internal static class DemoRun
{
    private const string CascadeFile = "cascade.json";

    public static async Task<int> RunAsync(CliHost host, string folder, DemoPlan plan, int seed, CancellationToken cancellationToken)
    {
        long start = host.Time.GetTimestamp();
        var timings = new List<(string Step, double Seconds)>();
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        using var engine = new CpuEngine();
        TaskData data = Timed(host, timings, "data", () => Generate(host, folder, plan, seed));
        TrainingOutcome training = Timed(host, timings, "train", () => Train(host, data, folder, plan, seed, engine, cancellationToken));
        FrontReport search = Timed(host, timings, "search", () =>
            SearchCommand.Run(host, data, training.Checkpoint, plan.Search with { Seed = seed, Precision = plan.Precision }, Path.Combine(folder, "search"), engine, cancellationToken));
        (Trial pick, Checkpoint pruned) = Timed(host, timings, "export", () => Export(host, data, training.Checkpoint, search, folder, plan, engine));
        CascadeReport cascade = Timed(host, timings, "cascade", () => Cascade(host, data, training.Checkpoint, folder, plan, engine, cancellationToken));
        Print(host, "serve, load", $"{(cascade.Chosen is null ? "base and pruned" : "base, pruned and cascade")} on loopback in {PrecisionName.Of(plan.Precision)}, {plan.Users} virtual users, {plan.Stage} each");
        long loadStart = host.Time.GetTimestamp();
        LoadTestResult load = await LoadAsync(host, data, folder, plan, hasCascade: cascade.Chosen is not null, cancellationToken).ConfigureAwait(false);
        timings.Add(("load", host.Time.GetElapsedTime(loadStart).TotalSeconds));

        string report = Path.Combine(folder, LoadTestReport.FileName);
        await File.WriteAllTextAsync(
            report, DemoReport.Page(plan, data, training, search, pick, pruned, cascade, load, timings, seed).ToHtml(), cancellationToken).ConfigureAwait(false);
        foreach (string paragraph in LoadTestReport.Lead(load))
        {
            await host.Output.WriteLineAsync(paragraph).ConfigureAwait(false);
        }

        await host.Output.WriteLineAsync(Text($"Wrote {report} after {host.Time.GetElapsedTime(start).TotalSeconds:0} s.")).ConfigureAwait(false);
        return load.Complete ? ExitCode.Done : ExitCode.Failed;
    }

    private static TaskData Generate(CliHost host, string folder, DemoPlan plan, int seed)
    {
        string target = Path.Combine(folder, "data");
        DemoTask.Write(target, seed, plan.Sizes);
        Print(host, "data", $"{plan.Sizes} in {target}");
        return TaskData.Load(DemoTask.Definition, target);
    }

    private static TrainingOutcome Train(CliHost host, TaskData data, string folder, DemoPlan plan, int seed, CpuEngine engine, CancellationToken cancellationToken)
    {
        var tokenizer = WordPieceTokenizer.Load(Path.Combine(folder, "data"));
        BertConfig config = plan.Config(tokenizer.VocabularySize, data.Definition.LabelNames);
        var start = new Checkpoint { Config = config, Parameters = plan.FirstWeights(config, seed), Tokenizer = tokenizer };
        var settings = new TrainingSettings
        {
            FineTuning = plan.FineTuning with { Seed = seed },
            Trainer = new TrainerOptions { Seed = seed },
            MaxLength = plan.MaxLength,
            ScoredIn = plan.Precision,
        };
        TrainingOutcome outcome = TrainCommand.Run(host, data, start, settings, engine, cancellationToken);
        CheckpointFolder.Save(Path.Combine(folder, "models", "base"), outcome.Checkpoint);
        Print(host, "train", $"super-network of {outcome.Checkpoint.Metadata!.Parameters / 1e6:0.00} M parameters, test accuracy {100 * outcome.TestScore:0.0} %");
        return outcome;
    }

    private static (Trial Pick, Checkpoint Pruned) Export(
        CliHost host, TaskData data, Checkpoint superNetwork, FrontReport search, string folder, DemoPlan plan, CpuEngine engine)
    {
        Trial pick = PickExpression.Parse(plan.Pick).Choose(search);
        TestScore test = SuperNetworkSearch.ScoreOnTest(
            data, superNetwork, SubNetwork.Parse(pick.SubNetwork, superNetwork.Config), plan.MaxLength, engine, plan.Precision);
        Checkpoint pruned = SubNetworkExport.Write(
            Path.Combine(folder, "models", "pruned"), superNetwork, "base", search, pick, data.Definition.MetricName, test);
        Print(
            host,
            "search, export",
            $"{search.Trials.Count} sub-networks; picked {pick.SubNetwork}: {100.0 * pick.Parameters / pruned.Metadata!.ParentParameters:0} % of the parameters, test accuracy {100 * test.Value:0.0} %");
        return (pick, pruned);
    }

    private static CascadeReport Cascade(
        CliHost host, TaskData data, Checkpoint superNetwork, string folder, DemoPlan plan, CpuEngine engine, CancellationToken cancellationToken)
    {
        string models = Path.Combine(folder, "models"), whole = Path.Combine(models, "base");
        var small = new CascadeMember(superNetwork, SubNetwork.Small(superNetwork.Config, plan.Layers / 2, plan.Heads, plan.Units));
        var large = new CascadeMember(superNetwork, SubNetwork.Full(superNetwork.Config));
        var settings = new CascadeSettings
        {
            HeldOut = new HeldOutExamples("calibration", TaskData.ReadPart(data.Definition, Path.Combine(folder, "data", DemoTask.CalibrationFile))),
            MaxLoss = plan.CascadeMaxLoss,
            Precision = plan.Precision,
            MaxLength = plan.MaxLength,
        };
        CascadeReport report = CascadeSelection.Run(data, small, large, settings, engine, host.Time, cancellationToken);
        if (report.Chosen is null)
        {
            Print(host, "cascade", $"{CascadeCommand.NotFound(report)}");
            return report;
        }

        CascadeCommand.Write(report, Path.Combine(models, CascadeFile), (whole, small), (whole, large));
        Print(
            host,
            "cascade",
            $"{small.SubNetwork} before the base, which computes {100 * report.Check!.Escalated:0.0} % of the test pairs; test accuracy {100 * report.Check.Accuracy:0.0} %. {CascadeCommand.Lost(report, report.Check)}{CascadeCommand.Dear(report.Chosen)}");
        return report;
    }

    private static async Task<LoadTestResult> LoadAsync(
        CliHost host, TaskData data, string folder, DemoPlan plan, bool hasCascade, CancellationToken cancellationToken)
    {
        using var engine = new CpuEngine(threadsPerLane: plan.ComputeThreads);
        string models = Path.Combine(folder, "models");
        var configuration = new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Endpoints:Defaults:MaxQueueDelay"] = plan.MaxQueueDelay,
            ["Endpoints:Defaults:Precision"] = PrecisionName.Of(plan.Precision),
            ["Endpoints:Server:DrainDelay"] = "00:00:00",
        };
        string[] named = [$"base={Path.Combine(models, "base")}", $"pruned={Path.Combine(models, "pruned")}", $"cascade=cascade:{Path.Combine(models, CascadeFile)}"];
        EndpointDefinition[] endpoints = ServeCommand.Load(hasCascade ? named : named[..2], configuration);
        await using WebApplication app = ServingHost.Build(engine, endpoints, new ServingSettings
        {
            Configuration = configuration,
            TimeProvider = host.Time,
            Error = host.Error,
            ConfigureLogging = logging => logging.SetMinimumLevel(LogLevel.Warning),
        });
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        await ServingHost.WaitUntilReadyAsync(app, cancellationToken).ConfigureAwait(false);
        string address = app.Urls.Single();
        LoadTarget[] targets = [.. endpoints.Select(endpoint => new LoadTarget(endpoint.Name, new Uri($"{address}/endpoints/{endpoint.Name}/invoke")))];
        LoadPair[] pairs = [.. data.Test.Select(example => new LoadPair(example.Text, example.Pair!, data.Definition.LabelNames[example.Label]))];
        LoadTestResult result = await ConsoleProgress.RunAsync(host.Terminal, progress => LoadTester.RunAsync(
            new LoadTestOptions { Profile = LoadProfile.Parse(plan.Users, null, plan.Stage), SharesProcess = true },
            targets,
            pairs,
            Path.Combine(folder, "load"),
            progress,
            host.Time,
            cancellationToken)).ConfigureAwait(false);
        await app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    private static T Timed<T>(CliHost host, List<(string Step, double Seconds)> timings, string step, Func<T> run)
    {
        long start = host.Time.GetTimestamp();
        T result = run();
        timings.Add((step, host.Time.GetElapsedTime(start).TotalSeconds));
        return result;
    }

    private static void Print(CliHost host, string step, FormattableString text) => host.Output.WriteLine($"{step}: {Text(text)}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
