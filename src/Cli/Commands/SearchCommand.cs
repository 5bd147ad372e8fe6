using System.CommandLine;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Training;
using Endpoints.Cli.Progress;
using Endpoints.Cli.Pull;
using Endpoints.Compute;
using Endpoints.Pruning;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Runs.Storage;
using Endpoints.Pruning.StandAlone;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints search</c>: finds the Pareto front of a super-network's sub-networks.</summary>
internal static class SearchCommand
{
    private const string NoScheduler = "none";

    public static Command Create(CliHost host)
    {
        var task = SharedOptions.Task();
        var data = SharedOptions.Data();
        var model = SharedOptions.Model("The fine-tuned super-network: what train wrote.");
        var output = new Option<string>("--out") { Description = "Folder of the search; an unfinished one there is continued.", Required = true };
        var space = new Option<string>("--space") { Description = $"Search space: {string.Join(", ", Catalogs.SearchSpaces.Names)}.", DefaultValueFactory = _ => "small" };
        var sampling = new Option<string>("--sampling") { Description = $"How the space's points are drawn: {string.Join(", ", Catalogs.Samplings.Names)}.", DefaultValueFactory = _ => "paper" };
        var method = new Option<string>("--method") { Description = $"Search method: {string.Join(", ", Catalogs.SearchMethods.Names)}.", DefaultValueFactory = _ => "local" };
        var objectives = new Option<string>("--objectives")
        {
            Description = $"What to minimise, comma separated: {string.Join(", ", Catalogs.Objectives.Names)}.",
            DefaultValueFactory = _ => "error,parameters,latency",
        };
        var trials = new Option<int>("--trials") { Description = "Sub-networks to evaluate, those of an interrupted run included.", DefaultValueFactory = _ => 100 };
        var standAlone = new Option<bool>("--stand-alone")
        {
            Description = "Fine-tune every sub-network on its own from --model, which then is a pretrained checkpoint, and take its best epoch; --epochs, --batch, --lr and --warmup say how.",
        };
        var tuning = new FineTuningArguments(epochs: 5, prefix: "With --stand-alone: ");
        var scheduler = new Option<string>("--scheduler")
        {
            Description = $"With --stand-alone: what ends fine-tunings that promise little after an epoch: none, {string.Join(", ", Catalogs.TrialSchedulers.Names)}.",
            DefaultValueFactory = _ => NoScheduler,
        };
        var stopDominated = new Option<bool>("--stop-dominated")
        {
            Description = "End an evaluation as soon as the sub-network is dominated whatever the examples left would say (accuracy and F1); its error then is an estimate.",
        };
        var precision = SharedOptions.Precision("What error and latency are measured in:", PrecisionName.Auto);
        var maxLength = SharedOptions.MaxLength();
        var seed = SharedOptions.Seed();
        var threads = SharedOptions.Threads();
        var storage = new Option<string?>("--storage")
        {
            Description = "Where trials are kept and given out: a folder (by default --out), or postgres://USER@HOST:PORT/DATABASE to share the search with other machines. "
                + "The password comes from PGPASSWORD, PGPASSFILE or the URL.",
        };
        var run = new Option<string?>("--run") { Description = "Name of the search in PostgreSQL, by default one made from its settings; workers of one name share it." };
        var claimLimit = new Option<double>("--claim-limit")
        {
            Description = "Seconds without a heartbeat after which PostgreSQL gives a worker's trial to another.",
            DefaultValueFactory = _ => 60,
        };
        var json = SharedOptions.Json();
        var command = new Command("search", "Search a fine-tuned super-network for the sub-networks that best trade accuracy against size and latency.")
        {
            task, data, model, output, space, sampling, method, objectives, trials, standAlone, tuning.Epochs, tuning.Batch, tuning.Rate, tuning.WarmUp, scheduler, stopDominated, precision, maxLength, seed, threads,
            storage, run, claimLimit, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            string named = PrecisionName.RequireChoice(result.GetValue(precision)!);
            TaskData taskData = TaskRegistry.Load(result.GetValue(task)!, result.GetValue(data));
            bool isStandAlone = result.GetValue(standAlone);
            if (isStandAlone && result.GetValue(stopDominated))
            {
                throw new ArgumentException("--stop-dominated ends evaluations of a super-network's sub-networks; with --stand-alone their cost is the fine-tuning, which it cannot shorten.");
            }

            if (!isStandAlone && !result.GetValue(scheduler)!.Equals(NoScheduler, StringComparison.OrdinalIgnoreCase))
            {
                throw new ArgumentException(
                    $"--scheduler {result.GetValue(scheduler)} ends fine-tunings early, and a search in a super-network fine-tunes no sub-network: add --stand-alone, or leave --scheduler out.");
            }

            // A pretrained checkpoint may have no classifier head yet, or one of another task.
            Checkpoint superNetwork = isStandAlone
                ? TrainCommand.Load(host, taskData.Definition, result.GetValue(model)!, result.GetValue(seed))
                : CheckpointFolder.Load(ModelLocation.Find(host, result.GetValue(model)!));
            Precision runIn = PrecisionName.Choose(named, superNetwork.Config.HeadSize);
            var settings = new SearchSettings
            {
                Space = result.GetValue(space)!,
                Sampling = result.GetValue(sampling)!,
                Method = result.GetValue(method)!,
                Objectives = result.GetValue(objectives)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                Trials = result.GetValue(trials),
                Seed = result.GetValue(seed),
                MaxLength = result.GetValue(maxLength),
                Precision = runIn,
                StopDominated = result.GetValue(stopDominated),
                StandAlone = !isStandAlone ? null : new StandAloneSettings
                {
                    FineTuning = tuning.Of(result, result.GetValue(seed)),
                    Trainer = new TrainerOptions { Seed = result.GetValue(seed), Threads = result.GetValue(threads) },
                },
                Scheduler = result.GetValue(scheduler)!.Equals(NoScheduler, StringComparison.OrdinalIgnoreCase) ? null : result.GetValue(scheduler),
                Storage = result.GetValue(storage) is { } place
                    ? StorageChoice.Parse(place) with { RunName = result.GetValue(run), ClaimLimit = TimeSpan.FromSeconds(result.GetValue(claimLimit)) }
                    : null,
            };
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            FrontReport report = Run(host, taskData, superNetwork, settings, result.GetValue(output)!, engine, cancellationToken);
            if (result.GetValue(json))
            {
                host.Output.Write(File.ReadAllText(Path.Combine(result.GetValue(output)!, FrontReport.FrontFile)));
            }
            else
            {
                Show(host, report, taskData.Definition.MetricName, settings);
                host.Output.WriteLine($"Wrote {report.Trials.Count} trials, measured in {PrecisionName.Of(runIn)}, and their front to {result.GetValue(output)}.");
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    /// <summary>Searches with progress on standard error.</summary>
    internal static FrontReport Run(
        CliHost host, TaskData data, Checkpoint superNetwork, SearchSettings settings, string folder, CpuEngine engine, CancellationToken cancellationToken)
    {
        using var line = new ProgressLine(host);
        return SuperNetworkSearch.Run(
            data,
            superNetwork,
            settings,
            folder,
            engine,
            host.Time,
            progress => line.Show(string.Create(
                CultureInfo.InvariantCulture,
                $"trial {progress.Finished}/{progress.Total}, {progress.TrialsPerSecond:0.0} trials/s{ProgressLine.Left(progress.Remaining)}{(progress.Last is { } last ? $", last {last.SubNetwork}" : "")}")),
            line.Note,
            cancellationToken);
    }

    private static void Show(CliHost host, FrontReport report, string metric, SearchSettings settings)
    {
        host.Terminal.Write(FrontTable.Of(report, metric));
        if (settings.Scheduler is not null)
        {
            host.Output.WriteLine(EndedEarly(report, settings.StandAlone!.FineTuning.Epochs, settings.Scheduler));
        }

        if (report.NoiseAwareFront is { } front)
        {
            host.Output.WriteLine($"Differences that chance does not explain leave {front.Count} of these {report.Front.Count}: trials {string.Join(", ", front.Select(trial => trial.Id))}.");
        }
    }

    /// <summary>What a scheduler saved; a fine-tuning that diverged ended by itself.</summary>
    private static string EndedEarly(FrontReport report, int epochs, string scheduler)
    {
        double[] run = [.. report.Trials.Select(trial => trial.Details.GetValueOrDefault("epochs"))];
        int early = report.Trials.Count(trial => trial.Details.GetValueOrDefault("epochs") < epochs && !trial.Details.ContainsKey("diverged"));
        return string.Create(
            CultureInfo.InvariantCulture, $"{scheduler} ended {early} of {report.Trials.Count} fine-tunings early: {run.Sum():0} of {epochs * report.Trials.Count} epochs were run.");
    }
}
