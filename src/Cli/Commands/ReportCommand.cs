using System.CommandLine;
using Endpoints.LoadTest.Report;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints report</c>: renders the report of a load test's folder again.</summary>
internal static class ReportCommand
{
    public static Command Create(CliHost host)
    {
        var folder = new Argument<string>("folder") { Description = "Folder of a load test (with result.json)." };
        var command = new Command("report", "Render the HTML report of a load test again, from its result.json.") { folder };
        command.SetAction(result =>
        {
            host.Output.WriteLine($"Wrote {LoadTestReport.Render(result.GetValue(folder)!)}.");
            return ExitCode.Done;
        });
        return command;
    }
}
