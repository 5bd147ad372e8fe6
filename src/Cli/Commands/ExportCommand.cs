using System.CommandLine;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Onnx;
using Endpoints.Bert.SubNetworks;
using Endpoints.Cli.Pull;
using Endpoints.Compute;
using Endpoints.Pruning;
using Endpoints.Pruning.Export;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints export</c>: writes a sub-network, of a search or named, as a checkpoint or an ONNX file of its own smaller shapes.</summary>
internal static class ExportCommand
{
    private const string DefaultPick = "smallest-within:1%";

    public static Command Create(CliHost host)
    {
        var search = new Option<string?>("--search") { Description = "Folder of the search that found it; without one, --subnetwork says what to export." };
        var model = SharedOptions.Model("The super-network: with --search, the one that was searched.");
        var pick = new Option<string?>("--pick")
        {
            Description = $"Which one of the search: {DefaultPick} (the default, of the base's accuracy), smallest-not-worse (by a paired test on validation), params<60M, params<60%, latency<5ms, latency<50%, or a trial's number.",
        };
        var subNetwork = new Option<string?>("--subnetwork") { Description = "What to export without a search, for example small:l=6,h=6,u=1536; by default all." };
        var format = new Option<string>("--format") { Description = "checkpoint (a folder in Hugging Face layout) or onnx (one file, operator set 17).", DefaultValueFactory = _ => "checkpoint" };
        format.AcceptOnlyFromAmong("checkpoint", "onnx");
        var precision = new Option<string>("--precision")
        {
            Description = $"What to store weights in: {PrecisionName.All}. float32 and bfloat16 checkpoints are for any program, int8 is a form of our own; ONNX takes float32, or int8 (quantised dynamically).",
            DefaultValueFactory = _ => PrecisionName.Of(Precision.Float32),
        };
        var output = new Option<string>("--out") { Description = "Folder to write; for ONNX, the file.", Required = true };
        var data = SharedOptions.Data();
        data.Description = "Folder of the task's files: also scores the checkpoint, in its precision, on the test part, which no search saw, and calibrates its scores on validation.";
        var uncalibrated = new Option<bool>("--no-calibration") { Description = "Leave the scores as they come, although --data is there to calibrate them on." };
        var task = SharedOptions.Task(required: false);
        var maxLength = SharedOptions.MaxLength();
        var command = new Command("export", "Write a sub-network as a checkpoint (float32, bfloat16 or int8) or an ONNX file of its own smaller shapes.")
        {
            search, model, pick, subNetwork, format, precision, output, task, data, uncalibrated, maxLength,
        };
        command.SetAction(result =>
        {
            string? searched = result.GetValue(search), picked = result.GetValue(pick), named = result.GetValue(subNetwork);
            if (searched is null ? picked is not null : named is not null)
            {
                throw new ArgumentException("--pick chooses from --search, --subnetwork names a sub-network without one: expected one or the other, found both.");
            }

            string folder = result.GetValue(output)!, parent = result.GetValue(model)!;
            PickExpression expression = PickExpression.Parse(picked ?? DefaultPick);
            Precision stored = PrecisionName.Parse(result.GetValue(precision)!);
            FrontReport? report = searched is null ? null : FrontReport.Read(searched);
            Trial? trial = report is null ? null : expression.Choose(report);
            Checkpoint superNetwork = CheckpointFolder.Load(ModelLocation.Find(host, parent));
            SubNetwork chosen = (trial?.SubNetwork ?? named) is { } text ? SubNetwork.Parse(text, superNetwork.Config) : SubNetwork.Full(superNetwork.Config);
            string what = trial is null ? $"{chosen}" : $"trial {trial.Id}, {chosen}";
            if (report is not null)
            {
                SubNetworkExport.RequireSearched(superNetwork, parent, report);
            }

            TaskDefinition? definition = FindTask(result.GetValue(task) ?? report?.Configuration.Task ?? superNetwork.Metadata?.Task, given: result.GetValue(task) is not null);
            TaskData? examples = result.GetValue(data) is { } tables && definition is not null ? TaskData.Load(definition, tables) : null;
            bool calibrates = examples is not null && !result.GetValue(uncalibrated), isOnnx = result.GetValue(format) == "onnx";
            using CpuEngine? engine = examples is null ? null : SharedOptions.Engine(0);
            Checkpoint? cut = examples is null ? null : SubNetworkExport.Cut(superNetwork, chosen, stored);
            Calibration? calibration = calibrates ? ScoreCalibration.Fit(examples!, cut!, result.GetValue(maxLength), engine!, stored) : null;
            if (isOnnx)
            {
                WriteOnnx(host, folder, superNetwork, chosen, stored, what, result.GetValue(uncalibrated) ? null : calibration?.Temperature ?? KnownTemperature(superNetwork, chosen));
                Say(host, calibration);
                return ExitCode.Done;
            }

            TestScore? score = examples is null
                ? null
                : SuperNetworkSearch.ScoreOnTest(examples, cut!, SubNetwork.Full(cut!.Config), result.GetValue(maxLength), engine!, stored);
            string metric = definition?.MetricName ?? "score";
            Checkpoint exported = report is not null && trial is not null
                ? SubNetworkExport.Write(folder, superNetwork, parent, report, trial, metric, score, stored, calibration)
                : SubNetworkExport.Write(folder, superNetwork, parent, chosen, stored, score, calibration);
            Report(host, folder, exported, what, report is null ? score?.Metric : metric);
            Say(host, calibration);
            return ExitCode.Done;
        });
        return command;
    }

    private static double? KnownTemperature(Checkpoint superNetwork, SubNetwork subNetwork) =>
        subNetwork.Equals(SubNetwork.Full(superNetwork.Config)) ? superNetwork.Metadata?.Temperature : null;

    private static void Say(CliHost host, Calibration? calibration)
    {
        if (calibration is not null)
        {
            host.Output.WriteLine(Words.Calibration(calibration));
        }
    }

    /// <summary>ONNX knows no temperature, so the classifier's weights are divided by it; the loaded weights serve nothing else afterwards.</summary>
    private static void WriteOnnx(CliHost host, string path, Checkpoint superNetwork, SubNetwork subNetwork, Precision precision, string what, double? temperature)
    {
        if (temperature is { } divisor)
        {
            ScoreCalibration.FoldInto(superNetwork.Parameters, divisor);
        }

        long bytes = OnnxExport.Write(path, superNetwork.Parameters, subNetwork, precision);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {path}: {what}, {PrecisionName.Of(precision)}, {bytes / 1e6:0.0} MB."));
    }

    private static void Report(CliHost host, string folder, Checkpoint exported, string what, string? metric)
    {
        EndpointMetadata metadata = exported.Metadata!;
        string score = metric is null ? "" : string.Create(
            CultureInfo.InvariantCulture, $", {metadata.Split} {metric} {metadata.Metrics[metric]:0.0000}{Words.Interval(IntervalOf(metadata, metric))} (measured in {PrecisionName.Of(metadata.MeasuredIn)})");
        host.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Wrote {folder}: {what}, {metadata.Parameters:N0} parameters ({100.0 * metadata.Parameters / metadata.ParentParameters:0.0} % of the base) in {PrecisionName.Of(metadata.Precision)}, "
            + $"{new FileInfo(Path.Combine(folder, "model.safetensors")).Length / 1e6:0.0} MB{score}."));
    }

    private static ConfidenceInterval? IntervalOf(EndpointMetadata metadata, string metric) =>
        metadata.Metrics.TryGetValue($"{metric}_low", out double low) && metadata.Metrics.TryGetValue($"{metric}_high", out double high) ? new ConfidenceInterval(low, high) : null;

    /// <summary>The task by name; one that only a task file describes has to be given with --task to be known.</summary>
    internal static TaskDefinition? FindTask(string? name, bool given) =>
        name is not null && (given || TaskRegistry.Names.Contains(name, StringComparer.OrdinalIgnoreCase)) ? TaskRegistry.Find(name) : null;
}
