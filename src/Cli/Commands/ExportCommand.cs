using System.CommandLine;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning;
using Endpoints.Pruning.Export;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints export</c>: writes a sub-network, of a search or named, as a checkpoint of its own.</summary>
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
        var precision = new Option<string>("--precision")
        {
            Description = $"What to store weights in: {PrecisionName.All}. float32 and bfloat16 are for any program, int8 is a form of our own.",
            DefaultValueFactory = _ => PrecisionName.Of(Precision.Float32),
        };
        var output = new Option<string>("--out") { Description = "Folder to write.", Required = true };
        var data = SharedOptions.Data();
        data.Description = "Folder of the task's files: also scores the export, in its precision, on the test part, which no search saw.";
        var task = SharedOptions.Task(required: false);
        var maxLength = SharedOptions.MaxLength();
        var command = new Command("export", "Write a sub-network as a checkpoint of its own smaller shapes, in float32, bfloat16 or int8.")
        {
            search, model, pick, subNetwork, precision, output, task, data, maxLength,
        };
        command.SetAction(result =>
        {
            string folder = result.GetValue(output)!, parent = result.GetValue(model)!;
            string? picked = result.GetValue(pick), named = result.GetValue(subNetwork);
            Precision stored = PrecisionName.Parse(result.GetValue(precision)!);
            string? searched = result.GetValue(search);
            if (searched is null ? picked is not null : named is not null)
            {
                throw new ArgumentException("--pick chooses from --search, --subnetwork names a sub-network without one: give one or the other.");
            }

            TestScore? Score(Checkpoint superNetwork, SubNetwork chosen, TaskDefinition? definition)
            {
                if (result.GetValue(data) is not { } tables || definition is null)
                {
                    return null;
                }

                Checkpoint cut = SubNetworkExport.Cut(superNetwork, chosen, stored);
                using CpuEngine engine = SharedOptions.Engine(0);
                return SuperNetworkSearch.ScoreOnTest(
                    TaskData.Load(definition, tables), cut, SubNetwork.Full(cut.Config), result.GetValue(maxLength), engine, stored);
            }

            if (searched is null)
            {
                Checkpoint whole = CheckpointFolder.Load(parent);
                SubNetwork chosen = named is null ? SubNetwork.Full(whole.Config) : SubNetwork.Parse(named, whole.Config);
                TestScore? test = Score(whole, chosen, FindTask(result.GetValue(task) ?? whole.Metadata?.Task, given: result.GetValue(task) is not null));
                Report(host, folder, SubNetworkExport.Write(folder, whole, parent, chosen, stored, test), $"{chosen}", test?.Metric);
                return ExitCode.Done;
            }

            PickExpression expression = PickExpression.Parse(picked ?? DefaultPick);
            FrontReport report = FrontReport.Read(searched);
            Trial trial = expression.Choose(report);
            Checkpoint superNetwork = CheckpointFolder.Load(parent);
            TaskDefinition? definition = FindTask(result.GetValue(task) ?? report.Configuration.Task, given: result.GetValue(task) is not null);
            TestScore? score = Score(superNetwork, SubNetwork.Parse(trial.SubNetwork, superNetwork.Config), definition);
            string metric = definition?.MetricName ?? "score";
            Report(
                host, folder, SubNetworkExport.Write(folder, superNetwork, parent, report, trial, metric, score, stored), $"trial {trial.Id}, {trial.SubNetwork}", metric);
            return ExitCode.Done;
        });
        return command;
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
