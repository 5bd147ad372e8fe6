using System.CommandLine;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Onnx;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning;
using Endpoints.Pruning.Export;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints export</c>: writes a sub-network as a checkpoint or an ONNX file of its own smaller shapes.</summary>
internal static class ExportCommand
{
    public static Command Create(CliHost host)
    {
        var search = new Option<string?>("--search") { Description = "Folder of the search that --pick chooses from." };
        var model = SharedOptions.Model("The super-network (with --search, the one that was searched).");
        var subNetwork = new Option<string?>("--subnetwork") { Description = "Without --search, for ONNX: a sub-network such as small:l=6,h=6,u=1536. Default: all of the model." };
        var format = new Option<string>("--format") { Description = "checkpoint (a folder in Hugging Face layout) or onnx (one file, operator set 17).", DefaultValueFactory = _ => "checkpoint" };
        format.AcceptOnlyFromAmong("checkpoint", "onnx");
        var precision = new Option<Precision>("--precision") { Description = "For ONNX: float32, or int8 (quantised dynamically).", DefaultValueFactory = _ => Precision.Float32 };
        var pick = new Option<string>("--pick")
        {
            Description = "Which one: smallest-within:1% (of the base's accuracy), params<60M, params<60%, latency<5ms, latency<50%, or a trial's number.",
            DefaultValueFactory = _ => "smallest-within:1%",
        };
        var output = new Option<string>("--out") { Description = "Folder to write; for ONNX, the file.", Required = true };
        var data = SharedOptions.Data();
        data.Description = "Folder of the task's files: also scores the sub-network on the test part, which the search never saw.";
        var task = SharedOptions.Task(required: false);
        var maxLength = SharedOptions.MaxLength();
        var command = new Command("export", "Write a sub-network as a checkpoint or an ONNX file of its own smaller shapes.")
        {
            search, model, pick, subNetwork, format, precision, output, task, data, maxLength,
        };
        command.SetAction(result =>
        {
            bool isOnnx = result.GetValue(format) == "onnx";
            if (Conflict(result.GetValue(search), result.GetValue(subNetwork), isOnnx, result.GetValue(precision)) is { } conflict)
            {
                throw new ArgumentException(conflict);
            }

            if (isOnnx)
            {
                WriteOnnx(
                    host, result.GetValue(output)!, result.GetValue(model)!, result.GetValue(search), result.GetValue(pick)!,
                    result.GetValue(subNetwork), result.GetValue(precision));
                return ExitCode.Done;
            }

            PickExpression expression = PickExpression.Parse(result.GetValue(pick)!);
            FrontReport report = FrontReport.Read(result.GetValue(search)!);
            Trial trial = expression.Choose(report);
            Checkpoint superNetwork = CheckpointFolder.Load(result.GetValue(model)!);
            TaskDefinition? definition = FindTask(result.GetValue(task) ?? report.Configuration.Task, given: result.GetValue(task) is not null);
            double? testScore = null;
            if (result.GetValue(data) is { } folder && definition is not null)
            {
                using CpuEngine engine = SharedOptions.Engine(0);
                testScore = SuperNetworkSearch.TestScore(
                    TaskData.Load(definition, folder), superNetwork, SubNetwork.Parse(trial.SubNetwork, superNetwork.Config), result.GetValue(maxLength), engine);
            }

            string metric = definition?.MetricName ?? "score";
            Checkpoint exported = SubNetworkExport.Write(result.GetValue(output)!, superNetwork, result.GetValue(model)!, report, trial, metric, testScore);
            host.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Wrote {result.GetValue(output)}: trial {trial.Id}, {trial.SubNetwork}, {trial.Parameters:N0} parameters ({100.0 * trial.Parameters / exported.Metadata!.ParentParameters:0.0} % of the base), "
                + $"{exported.Metadata.Split} {metric} {exported.Metadata.Metrics[metric]:0.0000}."));
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>What is wrong with the combination of options, or null.</summary>
    private static string? Conflict(string? search, string? subNetwork, bool isOnnx, Precision precision) => (search, subNetwork) switch
    {
        (not null, not null) => "Expected --search or --subnetwork, found both: --pick chooses the sub-network of a search.",
        (null, _) when !isOnnx => "Expected --search, found none: a checkpoint is written from a search's trials; --format onnx also takes --subnetwork.",
        _ when !isOnnx && precision != Precision.Float32 => $"Expected --format onnx with --precision {precision.ToString().ToLowerInvariant()}: a checkpoint is written in float32.",
        _ => null,
    };

    private static void WriteOnnx(CliHost host, string path, string model, string? search, string pick, string? subNetwork, Precision precision)
    {
        FrontReport? report = search is null ? null : FrontReport.Read(search);
        string text = report is null ? subNetwork ?? "full" : PickExpression.Parse(pick).Choose(report).SubNetwork;
        Checkpoint superNetwork = CheckpointFolder.Load(model);
        if (report is not null)
        {
            SubNetworkExport.RequireSearched(superNetwork, model, report);
        }

        long bytes = OnnxExport.Write(path, superNetwork.Parameters, SubNetwork.Parse(text, superNetwork.Config), precision);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {path}: {text}, {precision.ToString().ToLowerInvariant()}, {bytes / 1e6:0.0} MB."));
    }

    /// <summary>The task by name; one that only a task file describes has to be given with --task to be known.</summary>
    private static TaskDefinition? FindTask(string name, bool given) =>
        given || TaskRegistry.Names.Contains(name, StringComparer.OrdinalIgnoreCase) ? TaskRegistry.Find(name) : null;
}
