using System.CommandLine;
using Endpoints.LoadTest.Merging;
using Endpoints.LoadTest.Results;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints load merge</c>: one result of several testers that ran at the same time.</summary>
internal static class LoadMergeCommand
{
    public static Command Create(CliHost host)
    {
        var folders = new Argument<string[]>("folders") { Description = "Output folders of testers that ran the same scenario at the same time.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--out") { Description = "Folder to write.", DefaultValueFactory = _ => "runs/load" };
        var json = SharedOptions.Json();
        var command = new Command("merge", "Add the results of several testers up, histogram by histogram, and write the report of all.") { folders, output, json };
        command.SetAction(result =>
        {
            string folder = result.GetValue(output)!;
            LoadTestResult merged = LoadTestMerge.Write(result.GetValue(folders)!, folder);
            LoadCommand.Tell(result.GetValue(json) ? host.WithWordsOnError() : host, merged, folder);
            if (result.GetValue(json))
            {
                host.Output.WriteLine(File.ReadAllText(Path.Combine(folder, LoadTestResult.FileName)));
            }

            return LoadCommand.CodeOf(merged);
        });
        return command;
    }
}
