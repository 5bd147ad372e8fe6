using System.CommandLine;
using Endpoints.Cli.Demo;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints demo</c>: the whole of it, from data to report.</summary>
internal static class DemoCommand
{
    public static Command Create(CliHost host)
    {
        var output = new Option<string>("--out") { Description = "Folder to write; replaced.", DefaultValueFactory = _ => "runs/demo" };
        var quick = new Option<bool>("--quick") { Description = "A small data set and short stages: every step in less than a minute, with little accuracy." };
        var seed = SharedOptions.Seed();
        var command = new Command(
            "demo",
            "Generate data, train a super-network, search its sub-networks, serve the base, a pruned one and a cascade, load-test them, and write a report. About 3 and a half minutes on 2 cores.")
        {
            output, quick, seed,
        };
        command.SetAction((result, cancellationToken) =>
            DemoRun.RunAsync(host, result.GetValue(output)!, result.GetValue(quick) ? DemoPlan.Quick : DemoPlan.Default, result.GetValue(seed), cancellationToken));
        return command;
    }
}
