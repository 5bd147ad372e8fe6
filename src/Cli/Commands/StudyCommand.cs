using System.CommandLine;
using System.Globalization;
using Endpoints.Cli.Progress;
using Endpoints.Pruning.Studies;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints study</c>: compares search spaces, strategies and methods over several seeds, and draws the paper's figures.</summary>
internal static class StudyCommand
{
    public static Command Create(CliHost host)
    {
        var plan = new Argument<string>("plan") { Description = "JSON file that names tasks, models, seeds, spaces, strategies and methods (docs/study.md)." };
        var output = new Option<string>("--out") { Description = "Folder of the study; an unfinished one there is continued.", Required = true };
        var workers = new Option<int>("--workers") { Description = "Super-networks at once, each on a thread of its own; 0 for one a processor.", DefaultValueFactory = _ => 0 };
        var command = new Command("study", "Compare search spaces, fine-tuning strategies and search methods over several seeds, and draw the figures.") { plan, output, workers };
        command.SetAction((result, cancellationToken) =>
        {
            StudyPlan read = StudyPlan.Read(result.GetValue(plan)!);
            string folder = result.GetValue(output)!;
            int atOnce = result.GetValue(workers) is > 0 and int given ? given : Environment.ProcessorCount;
            using var line = new ProgressLine(host);
            StudyResults results = StudyRun.Run(
                read,
                folder,
                atOnce,
                host.Time,
                progress => line.Show(string.Create(CultureInfo.InvariantCulture, $"step {progress.Done}/{progress.Total}{ProgressLine.Left(progress.Remaining)}, last {progress.Last}")),
                cancellationToken);
            line.Note($"Wrote {StudyReport.Write(read, results, folder)}, figures/ and summary.csv: {results.Searches.Count} searches, {results.Comparisons.Count} comparisons.");
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
