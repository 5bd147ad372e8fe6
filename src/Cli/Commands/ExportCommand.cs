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

/// <summary><c>endpoints export</c>: writes a sub-network, of a search or named, as a checkpoint or an ONNX file of its own smaller shapes.</summary>
internal static class ExportCommand
{
    private const string DefaultPick = "smallest-within:1%";

    public static Command Create(CliHost host)
    {
        var search = new Option<string?>("--search") { Description = "Folder of the search that --pick chooses from; without one, --subnetwork says what to export." };
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
            Description = $"What to store weights in: {PrecisionName.All}. Checkpoints in float32 and bfloat16 are for any program, int8 is a form of our own; ONNX files take float32 or int8 (quantised dynamically).",
            DefaultValueFactory = _ => PrecisionName.Of(Precision.Float32),
        };
        var output = new Option<string>("--out") { Description = "Folder to write; for ONNX, the file.", Required = true };
        var data = SharedOptions.Data();
        data.Description = "Folder of the task's files: also scores the checkpoint, in its precision, on the test part, which no search saw.";
        var task = SharedOptions.Task(required: false);
        var maxLength = SharedOptions.MaxLength();
        var command = new Command("export", "Write a sub-network as a checkpoint or an ONNX file of its own smaller shapes, in float32, bfloat16 or int8.")
        {
            search, model, pick, subNetwork, format, precision, output, task, data, maxLength,
        };
        command.SetAction(result =>
        {
            Precision stored = PrecisionName.Parse(result.GetValue(precision)!);
            Choice choice = Choose(result.GetValue(model)!, result.GetValue(search), result.GetValue(pick), result.GetValue(subNetwork));
            string target = result.GetValue(output)!;
            if (result.GetValue(format) == "onnx")
            {
                WriteOnnx(host, target, choice, stored);
                return ExitCode.Done;
            }

            TaskDefinition? definition = FindTask(result.GetValue(task), choice.Report?.Configuration.Task ?? choice.SuperNetwork.Metadata?.Task);
            TestScore? test = result.GetValue(data) is { } tables && definition is not null
                ? Score(choice, stored, TaskData.Load(definition, tables), result.GetValue(maxLength))
                : null;
            WriteCheckpoint(host, target, choice, stored, definition?.MetricName ?? "score", test);
            return ExitCode.Done;
        });
        return command;
    }

    private static Choice Choose(string model, string? search, string? pick, string? subNetwork)
    {
        if (search is null ? pick is not null : subNetwork is not null)
        {
            throw new ArgumentException("--pick chooses from --search, --subnetwork names a sub-network without one: expected one or the other, found both.");
        }

        if (search is null)
        {
            Checkpoint whole = CheckpointFolder.Load(model);
            return new Choice(model, whole, subNetwork is null ? SubNetwork.Full(whole.Config) : SubNetwork.Parse(subNetwork, whole.Config));
        }

        PickExpression expression = PickExpression.Parse(pick ?? DefaultPick);
        FrontReport report = FrontReport.Read(search);
        Trial trial = expression.Choose(report);
        Checkpoint superNetwork = CheckpointFolder.Load(model);
        SubNetworkExport.RequireSearched(superNetwork, model, report);
        return new Choice(model, superNetwork, SubNetwork.Parse(trial.SubNetwork, superNetwork.Config), report, trial);
    }

    /// <summary>Scores what the folder will be read back as.</summary>
    private static TestScore Score(Choice choice, Precision stored, TaskData data, int maxLength)
    {
        Checkpoint cut = SubNetworkExport.Cut(choice.SuperNetwork, choice.SubNetwork, stored);
        using CpuEngine engine = SharedOptions.Engine(0);
        return SuperNetworkSearch.ScoreOnTest(data, cut, SubNetwork.Full(cut.Config), maxLength, engine, stored);
    }

    private static void WriteCheckpoint(CliHost host, string folder, Choice choice, Precision stored, string metric, TestScore? test)
    {
        Checkpoint exported = choice is { Report: { } report, Trial: { } trial }
            ? SubNetworkExport.Write(folder, choice.SuperNetwork, choice.Model, report, trial, metric, test, stored)
            : SubNetworkExport.Write(folder, choice.SuperNetwork, choice.Model, choice.SubNetwork, stored, test);
        EndpointMetadata metadata = exported.Metadata!;
        string score = metadata.Metrics.TryGetValue(metric, out double value)
            ? string.Create(CultureInfo.InvariantCulture, $", {metadata.Split} {metric} {value:0.0000} (measured in {PrecisionName.Of(metadata.MeasuredIn)})")
            : "";
        host.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Wrote {folder}: {choice.Name}, {metadata.Parameters:N0} parameters ({100.0 * metadata.Parameters / metadata.ParentParameters:0.0} % of the base) in {PrecisionName.Of(stored)}, "
            + $"{new FileInfo(Path.Combine(folder, "model.safetensors")).Length / 1e6:0.0} MB{score}."));
    }

    private static void WriteOnnx(CliHost host, string path, Choice choice, Precision precision)
    {
        long bytes = OnnxExport.Write(path, choice.SuperNetwork.Parameters, choice.SubNetwork, precision);
        host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Wrote {path}: {choice.Name}, {PrecisionName.Of(precision)}, {bytes / 1e6:0.0} MB."));
    }

    /// <summary>The task that was named, or the model's own; one that only a task file describes has to be named to be known.</summary>
    private static TaskDefinition? FindTask(string? named, string? ofModel) =>
        named is not null ? TaskRegistry.Find(named)
        : TaskRegistry.Names.Contains(ofModel, StringComparer.OrdinalIgnoreCase) ? TaskRegistry.Find(ofModel!)
        : null;

    /// <summary>What is exported: of which model, and of which trial of a search where there was one.</summary>
    private sealed record Choice(string Model, Checkpoint SuperNetwork, SubNetwork SubNetwork, FrontReport? Report = null, Trial? Trial = null)
    {
        public string Name => Trial is null ? $"{SubNetwork}" : $"trial {Trial.Id}, {Trial.SubNetwork}";
    }
}
