using System.CommandLine;
using Endpoints.LoadTest;
using Endpoints.LoadTest.Progress;
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
        var scenario = new Option<string?>("--scenario") { Description = "JSON file with any of these options; flags win over it." };
        var validate = new Option<bool>("--validate") { Description = "Check the scenario, its files and keys, say what would run, and send nothing." };
        var json = SharedOptions.Json();
        var flags = new LoadFlags();
        var command = new Command("load", "Load-test endpoints: ramp users or a rate of requests up, one URL after the other, and write CSV files and a report. "
            + "Exit codes: 0 done, 1 failed, 2 wrong arguments, 99 a --fail-on condition held, 105 interrupted, 110 the tester was too slow (figures INVALID).")
        {
            scenario, validate, json,
        };
        flags.AddTo(command);
        command.Subcommands.Add(LoadMergeCommand.Create(host));
        command.SetAction(async (result, cancellationToken) =>
        {
            LoadScenario asked = flags.Read(result);
            PlannedLoadTest plan = (result.GetValue(scenario) is { } file ? asked.Over(LoadScenario.Read(file)) : asked).Plan(host.Variable);
            if (result.GetValue(validate))
            {
                await host.Output.WriteLineAsync(
                    $"Valid: {plan.Targets.Count} targets, {plan.Options.Profile.Stages.Count} stages each, {plan.Pairs.Count} pairs, about "
                    + $"{(plan.Options.Profile.Duration * plan.Targets.Count).TotalMinutes:0.#} min; writes {plan.Folder}.").ConfigureAwait(false);
                return ExitCode.Done;
            }

            LoadTester.TakeProcess();
            CliHost words = result.GetValue(json) ? host.WithWordsOnError() : host;
            LoadTestResult outcome = await ConsoleProgress.RunAsync(
                words.Terminal,
                progress => LoadTester.RunAsync(plan.Options, plan.Targets, plan.Pairs, plan.Folder, progress, host.Time, cancellationToken)).ConfigureAwait(false);
            Tell(words, outcome, plan.Folder);
            if (result.GetValue(json))
            {
                await host.Output.WriteLineAsync(await File.ReadAllTextAsync(Path.Combine(plan.Folder, LoadTestResult.FileName), CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
            }

            return CodeOf(outcome);
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
