using System.CommandLine;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Cli.Progress;
using Endpoints.Cli.Pull;
using Endpoints.Compute;
using Endpoints.Pruning;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tasks;
using Spectre.Console;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints search</c>: finds the Pareto front of a super-network's sub-networks.</summary>
internal static class SearchCommand
{
    public static Command Create(CliHost host)
    {
        var task = SharedOptions.Task();
        var data = SharedOptions.Data();
        var model = SharedOptions.Model("The fine-tuned super-network: what train wrote.");
        var output = new Option<string>("--out") { Description = "Folder of the search; an unfinished one there is continued.", Required = true };
        var space = new Option<string>("--space") { Description = $"Search space: {string.Join(", ", Catalogs.SearchSpaces.Names)}.", DefaultValueFactory = _ => "small" };
        var method = new Option<string>("--method") { Description = $"Search method: {string.Join(", ", Catalogs.SearchMethods.Names)}.", DefaultValueFactory = _ => "local" };
        var objectives = new Option<string>("--objectives")
        {
            Description = $"What to minimise, comma separated: {string.Join(", ", Catalogs.Objectives.Names)}.",
            DefaultValueFactory = _ => "error,parameters,latency",
        };
        var trials = new Option<int>("--trials") { Description = "Sub-networks to evaluate, those of an interrupted run included.", DefaultValueFactory = _ => 100 };
        var precision = SharedOptions.Precision("What error and latency are measured in:", PrecisionName.Auto);
        var maxLength = SharedOptions.MaxLength();
        var seed = SharedOptions.Seed();
        var threads = SharedOptions.Threads();
        var command = new Command("search", "Search a fine-tuned super-network for the sub-networks that best trade accuracy against size and latency.")
        {
            task, data, model, output, space, method, objectives, trials, precision, maxLength, seed, threads,
        };
        command.SetAction((result, cancellationToken) =>
        {
            string named = PrecisionName.RequireChoice(result.GetValue(precision)!);
            TaskData taskData = TaskRegistry.Load(result.GetValue(task)!, result.GetValue(data));
            Checkpoint superNetwork = CheckpointFolder.Load(ModelLocation.Find(host, result.GetValue(model)!));
            Precision runIn = PrecisionName.Choose(named, superNetwork.Config.HeadSize);
            var settings = new SearchSettings
            {
                Space = result.GetValue(space)!,
                Method = result.GetValue(method)!,
                Objectives = result.GetValue(objectives)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                Trials = result.GetValue(trials),
                Seed = result.GetValue(seed),
                MaxLength = result.GetValue(maxLength),
                Precision = runIn,
            };
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            FrontReport report = Run(host, taskData, superNetwork, settings, result.GetValue(output)!, engine, cancellationToken);
            host.Terminal.Write(Table(report, taskData.Definition.MetricName));
            host.Output.WriteLine($"Wrote {report.Trials.Count} trials, measured in {PrecisionName.Of(runIn)}, and their front to {result.GetValue(output)}.");
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

    private static Table Table(FrontReport report, string metric)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("trial", "sub-network", metric, "parameters");
        table.AddColumn(report.Has("latency") ? "latency" : "");
        foreach (Trial trial in report.Front)
        {
            table.AddRow(
                Text($"{trial.Id}"),
                trial.SubNetwork,
                report.Has("error") ? Text($"{100 * (1 - report.Value(trial, "error")):0.0} %") : "",
                Text($"{trial.Parameters / 1e6:0.000} M"),
                report.Has("latency") ? Text($"{report.Value(trial, "latency"):0.000} ms") : "");
        }

        return table;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
