using System.CommandLine;
using Endpoints.Pruning.Tasks.Demo;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints data</c>: writes a data set that the project generates.</summary>
internal static class DataCommand
{
    public static Command Create(CliHost host)
    {
        var task = new Argument<string>("task") { Description = "What to generate: demo." };
        task.AcceptOnlyFromAmong("demo");
        var output = new Option<string>("--out") { Description = "Folder to write.", DefaultValueFactory = _ => "data/demo" };
        var seed = SharedOptions.Seed();
        var quick = new Option<bool>("--quick") { Description = "A sixth of the pairs, to see every step work." };
        var command = new Command("data", "Generate a data set: demo is entailment between sentences of a small world, with its own vocabulary.") { task, output, seed, quick };
        command.SetAction(result =>
        {
            string folder = result.GetValue(output)!;
            DemoSizes sizes = result.GetValue(quick) ? DemoSizes.Quick : DemoSizes.Default;
            DemoTask.Write(folder, result.GetValue(seed), sizes);
            host.Output.WriteLine($"Wrote {sizes.Train} training, {sizes.Validation} validation and {sizes.Test} test pairs and their vocabulary to {folder}.");
            return ExitCode.Done;
        });
        return command;
    }
}
