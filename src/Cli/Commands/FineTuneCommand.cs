using System.CommandLine;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;
using Endpoints.Cli.Progress;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Export;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints finetune</c>: trains a chosen sub-network further, at its own shape, with the super-network as its teacher.</summary>
internal static class FineTuneCommand
{
    public static Command Create(CliHost host)
    {
        var search = new Option<string?>("--search") { Description = "Folder of the search that found it; without one, --subnetwork says which." };
        var pick = new Option<string?>("--pick") { Description = "Which one of the search, as for export: smallest-within:1% (the default), smallest-not-worse, params<60M, latency<5ms, or a trial's number." };
        var subNetwork = new Option<string?>("--subnetwork") { Description = "Which sub-network, without a search: for example small:l=6,h=6,u=1536." };
        var model = SharedOptions.Model("The super-network: where the sub-network is cut from, and its teacher.");
        var task = SharedOptions.Task(required: false);
        var data = SharedOptions.Data();
        var output = new Option<string>("--out") { Description = "Folder to write the checkpoint to.", Required = true };
        var tuning = new FineTuningArguments(epochs: 3);
        Option<string> keep = FineTuningArguments.Keep(KeptEpoch.Best);
        var temperature = new Option<float>("--temperature") { Description = "Temperature of the distillation.", DefaultValueFactory = _ => 10 };
        var noLabels = new Option<bool>("--no-label-term") { Description = "Learn from the super-network alone, not from the labels." };
        var uncalibrated = new Option<bool>("--no-calibration") { Description = "Do not calibrate the scores on the validation examples." };
        var maxLength = SharedOptions.MaxLength();
        var seed = SharedOptions.Seed();
        var threads = SharedOptions.Threads();
        var command = new Command("finetune", "Train a chosen sub-network further at its own shape, with distillation from its super-network.")
        {
            search, pick, subNetwork, model, task, data, output, tuning.Epochs, tuning.Batch, tuning.Rate, tuning.WarmUp, keep, temperature, noLabels, uncalibrated, maxLength, seed, threads,
        };
        command.SetAction((result, cancellationToken) =>
        {
            string parent = result.GetValue(model)!;
            FrontReport? report = result.GetValue(search) is { } folder ? FrontReport.Read(folder) : null;
            Checkpoint superNetwork = CheckpointFolder.Load(parent);
            SubNetwork chosen = Choose(report, result.GetValue(pick), result.GetValue(subNetwork), superNetwork, parent);
            string? named = result.GetValue(task) ?? report?.Configuration.Task ?? superNetwork.Metadata?.Task;
            TaskData taskData = TaskRegistry.Load(
                named ?? throw new ArgumentException("Neither the search nor the checkpoint knows its task: name it with --task."), result.GetValue(data));
            var settings = new SubNetworkFineTuningSettings
            {
                FineTuning = tuning.Of(result, result.GetValue(seed), keep),
                Distillation = new StrategyOptions { Temperature = result.GetValue(temperature), LabelTerm = !result.GetValue(noLabels) },
                Trainer = new TrainerOptions { Seed = result.GetValue(seed), Threads = result.GetValue(threads) },
                MaxLength = result.GetValue(maxLength),
            };
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            SubNetworkFineTuningOutcome outcome = Run(host, taskData, superNetwork, parent, chosen, settings, engine, cancellationToken);
            Calibration? calibration = result.GetValue(uncalibrated)
                ? null
                : ScoreCalibration.Fit(taskData, outcome.Checkpoint, settings.MaxLength, engine, Precision.Float32, cancellationToken);
            CheckpointFolder.Save(result.GetValue(output)!, ScoreCalibration.Apply(outcome.Checkpoint, calibration));
            Say(host, taskData.Definition.MetricName, result.GetValue(output)!, chosen, outcome, calibration);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static SubNetwork Choose(FrontReport? report, string? pick, string? named, Checkpoint superNetwork, string parent)
    {
        if (report is null)
        {
            return named is not null && pick is null ? SubNetwork.Parse(named, superNetwork.Config) : throw new ArgumentException(
                "Give either --search DIR (and --pick RULE), or --subnetwork, for example small:l=6,h=6,u=1536.");
        }

        if (named is not null)
        {
            throw new ArgumentException("--pick chooses from --search, --subnetwork names a sub-network without one: expected one or the other, found both.");
        }

        SubNetworkExport.RequireSearched(superNetwork, parent, report);
        return SubNetwork.Parse(PickExpression.Parse(pick ?? "smallest-within:1%").Choose(report).SubNetwork, superNetwork.Config);
    }

    private static SubNetworkFineTuningOutcome Run(
        CliHost host, TaskData data, Checkpoint superNetwork, string parent, SubNetwork chosen, SubNetworkFineTuningSettings settings, CpuEngine engine, CancellationToken cancellationToken)
    {
        using var line = new ProgressLine(host);
        int total = settings.FineTuning.Epochs;
        return SubNetworkFineTuning.Run(
            data,
            superNetwork,
            parent,
            chosen,
            settings,
            engine,
            host.Time,
            progress => line.Show(string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {progress.Epoch}/{total}, step {progress.Step}/{progress.TotalSteps}, loss {progress.Loss:0.000}, {progress.TokensPerSecond:0} tokens/s{ProgressLine.Left(progress.Remaining)}")),
            epoch => line.Note(string.Create(
                CultureInfo.InvariantCulture, $"epoch {epoch.Epoch}/{total}: loss {epoch.Loss:0.0000}, validation {data.Definition.MetricName} {epoch.Score:0.0000}, {epoch.Seconds:0.0} s")),
            cancellationToken);
    }

    private static void Say(CliHost host, string metric, string folder, SubNetwork chosen, SubNetworkFineTuningOutcome outcome, Calibration? calibration)
    {
        static string Change(EvaluationResult before, EvaluationResult after) => string.Create(
            CultureInfo.InvariantCulture, $"{before.Score:0.0000} to {after.Score:0.0000}{Words.Interval(after.Interval)}");
        host.Output.WriteLine(
            $"Wrote {folder}: {chosen}, epoch {outcome.FineTuning.Kept.Epoch}; validation {metric} {Change(outcome.ValidationBefore, outcome.ValidationAfter)}, "
            + $"test {Change(outcome.TestBefore, outcome.TestAfter)}.");
        if (calibration is not null)
        {
            host.Output.WriteLine(Words.Calibration(calibration));
        }
    }
}
