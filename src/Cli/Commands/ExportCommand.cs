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
            Description = $"Which one of the search: {DefaultPick} (the default, of the base's accuracy), params<60M, params<60%, latency<5ms, latency<50%, or a trial's number.",
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
        data.Description = "Folder of the task's files: also scores the checkpoint, in its precision, on the test part, which no search saw.";
        var task = SharedOptions.Task(required: false);
        var maxLength = SharedOptions.MaxLength();
        var command = new Command("export", "Write a sub-network as a checkpoint (float32, bfloat16 or int8) or an ONNX file of its own smaller shapes.")
        {
            search, model, pick, subNetwork, format, precision, output, task, data, maxLength,
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
            if (result.GetValue(format) == "onnx")
            {
                if (report is not null)
                {
                    SubNetworkExport.RequireSearched(superNetwork, parent, report);
                }

                WriteOnnx(host, folder, superNetwork, chosen, stored, what);
                return ExitCode.Done;
            }

            TaskDefinition? definition = FindTask(result.GetValue(task) ?? report?.Configuration.Task ?? superNetwork.Metadata?.Task, given: result.GetValue(task) is not null);
            TestScore? score = result.GetValue(data) is { } tables && definition is not null
                ? Score(SubNetworkExport.Cut(superNetwork, chosen, stored), TaskData.Load(definition, tables), result.GetValue(maxLength), stored)
                : null;
            string metric = definition?.MetricName ?? "score";
            Checkpoint exported = report is not null && trial is not null
                ? SubNetworkExport.Write(folder, superNetwork, parent, report, trial, metric, score, stored)
                : SubNetworkExport.Write(folder, superNetwork, parent, chosen, stored, score);
            Report(host, folder, exported, what, report is null ? score?.Metric : metric);
            return ExitCode.Done;
        });
        return command;
    }

    private static TestScore Score(Checkpoint cut, TaskData data, int maxLength, Precision precision)
    {
        using CpuEngine engine = SharedOptions.Engine(0);
        return SuperNetworkSearch.ScoreOnTest(data, cut, SubNetwork.Full(cut.Config), maxLength, engine, precision);
    }

    private static void WriteOnnx(CliHost host, string path, Checkpoint superNetwork, SubNetwork subNetwork, Precision precision, string what)
    {
        long bytes = OnnxExport.Write(path, superNetwork.Parameters, subNetwork, precision);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {path}: {what}, {PrecisionName.Of(precision)}, {bytes / 1e6:0.0} MB."));
    }

    private static void Report(CliHost host, string folder, Checkpoint exported, string what, string? metric)
    {
        EndpointMetadata metadata = exported.Metadata!;
        string score = metric is null ? "" : string.Create(
            CultureInfo.InvariantCulture, $", {metadata.Split} {metric} {metadata.Metrics[metric]:0.0000} (measured in {PrecisionName.Of(metadata.MeasuredIn)})");
        host.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Wrote {folder}: {what}, {metadata.Parameters:N0} parameters ({100.0 * metadata.Parameters / metadata.ParentParameters:0.0} % of the base) in {PrecisionName.Of(metadata.Precision)}, "
            + $"{new FileInfo(Path.Combine(folder, "model.safetensors")).Length / 1e6:0.0} MB{score}."));
    }

    /// <summary>The task by name; one that only a task file describes has to be given with --task to be known.</summary>
    private static TaskDefinition? FindTask(string? name, bool given) =>
        name is not null && (given || TaskRegistry.Names.Contains(name, StringComparer.OrdinalIgnoreCase)) ? TaskRegistry.Find(name) : null;
}
