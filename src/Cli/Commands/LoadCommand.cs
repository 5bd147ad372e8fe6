using System.CommandLine;
using Endpoints.LoadTest;
using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.References;
using Endpoints.LoadTest.Report;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Scenarios;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints load</c>: puts users, or requests at a rate, on one URL after another.</summary>
internal static class LoadCommand
{
    /// <summary>A condition of <c>--fail-on</c> held. The codes from here on are those of k6.</summary>
    public const int ThresholdFailed = 99;

    /// <summary>Interrupted; the files hold what was measured until then.</summary>
    public const int Interrupted = 105;

    /// <summary>The tester was the bottleneck, so that the figures do not hold.</summary>
    public const int InvalidRun = 110;

    public static Command Create(CliHost host)
    {
        var scenario = new Option<string?>("--scenario") { Description = "JSON or YAML file with any of these options; flags win over it." };
        var validate = new Option<bool>("--validate") { Description = "Check the scenario, its files and keys, say what would run, and send nothing." };
        var writeReference = new Option<string?>("--write-reference") { Description = "Ask the one target every pair once, write its scores to this JSONL file, and put on no load." };
        var worker = new Option<string?>("--worker")
        {
            Description = $"NUMBER/COUNT, such as 0/4 to 3/4: take this share of the load, write to OUT/worker-NUMBER; merge the folders then. /COUNT takes the number from {Worker.IndexVariable}.",
        };
        var startAt = new Option<DateTimeOffset?>("--start-at") { Description = "When to start, so that workers start together, such as 2030-01-31T12:00:00Z." };
        var json = SharedOptions.Json();
        var flags = new LoadFlags();
        var command = new Command("load", "Load-test endpoints: ramp users or a rate of requests up, one URL after the other, and write CSV files and a report. "
            + "Exit codes: 0 done, 1 failed, 2 wrong arguments, 99 a --fail-on condition held, 105 interrupted, 110 the tester was too slow (figures INVALID).")
        {
            scenario, validate, writeReference, worker, startAt, json,
        };
        flags.AddTo(command);
        command.Subcommands.Add(LoadMergeCommand.Create(host));
        command.SetAction(async (result, cancellationToken) =>
        {
            LoadScenario asked = flags.Read(result);
            PlannedLoadTest plan = (result.GetValue(scenario) is { } file ? asked.Over(LoadScenario.Read(file)) : asked).Plan(host.Variable);
            Worker? share = result.GetValue(worker) is { } text ? Worker.Parse(text, host.Variable) : null;
            plan = share?.Share(plan) ?? plan;
            if (result.GetValue(validate))
            {
                var valid = ValidLoad.Of(plan);
                if (result.GetValue(json))
                {
                    host.WriteJson(valid, LoadJson.Default.ValidLoad);
                }
                else
                {
                    await host.Output.WriteLineAsync(valid.ToString()).ConfigureAwait(false);
                }

                return ExitCode.Done;
            }

            if (result.GetValue(writeReference) is { } reference)
            {
                LoadTarget source = plan.Targets is [var only] ? only : throw new LoadTestException($"There are {plan.Targets.Count} targets: a reference is written from one.");
                await ReferenceFile.WriteAsync(reference, source, plan.Pairs, plan.Options, host.Time, cancellationToken).ConfigureAwait(false);
                await host.Output.WriteLineAsync($"Wrote the scores of {plan.Pairs.Count} answers of {source.Name} to {reference}.").ConfigureAwait(false);
                return ExitCode.Done;
            }

            if (result.GetValue(startAt) is { } start)
            {
                await Worker.WaitAsync(start, host.Time, cancellationToken).ConfigureAwait(false);
            }

            CliHost words = result.GetValue(json) ? host.WithWordsOnError() : host;
            LoadTestResult outcome = await ConsoleProgress.RunAsync(
                words.Terminal,
                progress => LoadTester.RunAsync(plan.Options, plan.Targets, plan.Pairs, plan.Folder, progress, host.Time, cancellationToken)).ConfigureAwait(false);
            Tell(words, outcome, plan.Folder);
            if (result.GetValue(json))
            {
                await host.Output.WriteLineAsync(await File.ReadAllTextAsync(Path.Combine(plan.Folder, LoadTestResult.FileName), CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
            }

            // Whether conditions hold is seen in the result of all workers together.
            return share is null ? CodeOf(outcome) : outcome.Complete ? ExitCode.Done : Interrupted;
        });
        return command;
    }

    /// <summary>What a load test found, in words, and where the rest is.</summary>
    internal static void Tell(CliHost host, LoadTestResult outcome, string folder)
    {
        foreach (string paragraph in LoadTestReport.Lead(outcome))
        {
            host.Output.WriteLine(paragraph);
        }

        host.Output.WriteLine($"Wrote {Path.Combine(folder, LoadTestReport.FileName)}.");
    }

    /// <summary>What a result ends the command with.</summary>
    internal static int CodeOf(LoadTestResult outcome) => outcome switch
    {
        _ when outcome.Checks.Any(check => check.Failed) => ThresholdFailed,
        { Complete: false } => Interrupted,
        { Invalid: true } => InvalidRun,
        _ => ExitCode.Done,
    };
}
