using System.CommandLine;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning;
using Endpoints.Pruning.Export;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints export</c>: writes a sub-network of a search as a checkpoint of its own.</summary>
internal static class ExportCommand
{
    public static Command Create(CliHost host)
    {
        var search = new Option<string>("--search") { Description = "Folder of the search.", Required = true };
        var model = SharedOptions.Model("The super-network that was searched.");
        var pick = new Option<string>("--pick")
        {
            Description = "Which one: smallest-within:1% (of the base's accuracy), params<60M, params<60%, latency<5ms, latency<50%, or a trial's number.",
            DefaultValueFactory = _ => "smallest-within:1%",
        };
        var output = new Option<string>("--out") { Description = "Folder to write.", Required = true };
        var data = SharedOptions.Data();
        data.Description = "Folder of the task's files: also scores the sub-network on the test part, which the search never saw.";
        var task = SharedOptions.Task(required: false);
        var maxLength = SharedOptions.MaxLength();
        var command = new Command("export", "Write a sub-network that a search found as a checkpoint of its own smaller shapes.") { search, model, pick, output, task, data, maxLength };
        command.SetAction(result =>
        {
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

    /// <summary>The task by name; one that only a task file describes has to be given with --task to be known.</summary>
    private static TaskDefinition? FindTask(string name, bool given) =>
        given || TaskRegistry.Names.Contains(name, StringComparer.OrdinalIgnoreCase) ? TaskRegistry.Find(name) : null;
}
