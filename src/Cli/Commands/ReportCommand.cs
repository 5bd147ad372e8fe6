using System.CommandLine;
using Endpoints.LoadTest.Report;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Studies;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints report</c>: turns any run's folder into one page.</summary>
internal static class ReportCommand
{
    public static Command Create(CliHost host)
    {
        var folder = new Argument<string>("folder") { Description = "Folder of a load test, a search or a study, finished or not, or of pruned networks (prune, multitask prune)." };
        var command = new Command("report", "Render the HTML report of a load test, a search, a study or pruned networks from what its folder holds.") { folder };
        command.SetAction(result =>
        {
            host.Output.WriteLine($"Wrote {Render(host, result.GetValue(folder)!)}.");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Render(CliHost host, string folder)
    {
        bool Holds(string file) => File.Exists(Path.Combine(folder, file));
        if (Holds(StudyRun.PlanFile))
        {
            (StudyPlan plan, StudyResults results) = StudyRun.Read(folder, host.Time);
            return StudyReport.Write(plan, results, folder);
        }

        // A run of one seed holds its journal beside the curve, which says more.
        if (CurveReport.IsIn(folder))
        {
            return CurveReport.Write(folder);
        }

        return Holds(TrialJournal.FileName) ? SearchReport.Write(folder) : LoadTestReport.Render(folder);
    }
}
