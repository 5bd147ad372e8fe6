using System.CommandLine;
using Endpoints.LoadTest;
using Endpoints.LoadTest.Pairs;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.Report;
using Endpoints.LoadTest.Results;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints load</c>: ramps virtual users up on one URL after another.</summary>
internal static class LoadCommand
{
    public static Command Create(CliHost host)
    {
        var targets = new Option<string[]>("--target")
        {
            Description = "URL or NAME=URL to post pairs to, for example base=http://127.0.0.1:8080/endpoints/base/invoke. May be given several times.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var pairs = new Option<string>("--pairs") { Description = "TSV or JSONL file of pairs, labelled or not.", Required = true };
        var users = new Option<string>("--users") { Description = "Virtual users: a range 5..100 (with --step) or a list 1,2,4,8.", DefaultValueFactory = _ => "5..50" };
        var step = new Option<int?>("--step") { Description = "Users added from one stage to the next." };
        var stage = new Option<string>("--stage") { Description = "How long each number of users is held.", DefaultValueFactory = _ => "10s" };
        var think = new Option<string>("--think") { Description = "Pause of a user between an answer and the next request.", DefaultValueFactory = _ => "0s" };
        var timeout = new Option<string>("--timeout") { Description = "How long a request may take.", DefaultValueFactory = _ => "10s" };
        var backoff = new Option<string>("--backoff") { Description = "Extra pause of a user whose request was throttled or refused.", DefaultValueFactory = _ => "50ms" };
        var answer = new Option<string>("--answer-field") { Description = "JSON field of the answer that is compared with the label.", DefaultValueFactory = _ => "label" };
        var output = new Option<string>("--out") { Description = "Folder to write.", DefaultValueFactory = _ => "runs/load" };
        var seed = new Option<int>("--seed") { Description = "Order in which pairs are sent.", DefaultValueFactory = _ => 1 };
        var command = new Command("load", "Load-test endpoints: ramp virtual users up, one URL after the other, and write CSV files and a report.")
        {
            targets, pairs, users, step, stage, think, timeout, backoff, answer, output, seed,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var options = new LoadTestOptions
            {
                Profile = LoadProfile.Parse(result.GetValue(users)!, result.GetValue(step), result.GetValue(stage)!),
                ThinkTime = Durations.Parse(result.GetValue(think)!, "--think"),
                Timeout = Durations.Parse(result.GetValue(timeout)!, "--timeout"),
                ThrottleBackoff = Durations.Parse(result.GetValue(backoff)!, "--backoff"),
                AnswerField = result.GetValue(answer)!,
                Seed = result.GetValue(seed),
            };
            LoadTarget[] parsed = [.. result.GetValue(targets)!.Select(LoadTarget.Parse)];
            string folder = result.GetValue(output)!;
            LoadTestResult outcome = await ConsoleProgress.RunAsync(
                host.Terminal,
                progress => LoadTester.RunAsync(options, parsed, PairFile.Read(result.GetValue(pairs)!), folder, progress, host.Time, cancellationToken)).ConfigureAwait(false);
            foreach (string paragraph in LoadTestReport.Lead(outcome))
            {
                await host.Output.WriteLineAsync(paragraph).ConfigureAwait(false);
            }

            await host.Output.WriteLineAsync($"Wrote {Path.Combine(folder, LoadTestReport.FileName)}.").ConfigureAwait(false);
            return outcome.Complete ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}
