using System.CommandLine;
using Endpoints.LoadTest.Merging;
using Endpoints.LoadTest.Report;
using Endpoints.LoadTest.Results;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints load merge</c>: one result of several testers that ran at the same time.</summary>
internal static class LoadMergeCommand
{
    public static Command Create(CliHost host)
    {
        var folders = new Argument<string[]>("folders") { Description = "Output folders of testers that ran the same scenario at the same time, or the one folder of a test that --worker shared.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "Folder to write.", DefaultValueFactory = _ => "runs/load" };
        var command = new Command("merge", "Add the results of several testers up, histogram by histogram, and write the report of all.") { folders, output };
        command.SetAction(result =>
        {
            string folder = result.GetValue(output)!;
            LoadTestResult merged = LoadTestMerge.Write(result.GetValue(folders)!, folder);
            foreach (string paragraph in LoadTestReport.Lead(merged))
            {
                host.Output.WriteLine(paragraph);
            }

            host.Output.WriteLine($"Wrote {Path.Combine(folder, LoadTestReport.FileName)}.");
            return LoadCommand.CodeOf(merged);
        });
        return command;
    }
}
