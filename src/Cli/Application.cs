using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Endpoints.Cli.Commands;

namespace Endpoints.Cli;

/// <summary>The <c>endpoints</c> command: parses, runs one command, and turns its end into an exit code.</summary>
internal static class Application
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliHost host)
    {
        RootCommand root = Root(host);
        ParseResult parsed = root.Parse(arguments);
        if (parsed is { Errors.Count: > 0, UnmatchedTokens.Count: 0, CommandResult.Command: { Subcommands.Count: > 0, Action: null } })
        {
            // Who names no command asks which there are; a script that meant to name one should still stop.
            await root.Parse([.. arguments, "--help"]).InvokeAsync(OutputTo(host.Error, host), CancellationToken.None).ConfigureAwait(false);
            return ExitCode.BadArguments;
        }

        if (parsed.Errors.Count > 0)
        {
            string wrong = parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is not a command or option here." : parsed.Errors[0].Message;
            await host.Error.WriteLineAsync($"{OneLine(wrong)} See 'endpoints {Path(parsed)}--help'.").ConfigureAwait(false);
            return ExitCode.BadArguments;
        }

        using var stop = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, stop), terminate = OnSignal(PosixSignal.SIGTERM, stop);
        try
        {
            return await parsed.InvokeAsync(OutputTo(host.Output, host), stop.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!System.Diagnostics.Debugger.IsAttached)
        {
            await host.Error.WriteLineAsync(host.Verbose ? exception.ToString() : Sentence(exception)).ConfigureAwait(false);
            return exception is FormatException or ArgumentException ? ExitCode.BadArguments : ExitCode.Failed;
        }
    }

    /// <summary>The command tree.</summary>
    internal static RootCommand Root(CliHost host)
    {
        var verbose = new Option<bool>("--verbose") { Description = "Show stack traces with errors.", Recursive = true };
        verbose.Validators.Add(result => host.Verbose = result.GetValue(verbose));
        var root = new RootCommand(
            "Endpoints: fine-tune BERT, find the pruned sub-networks that best trade accuracy against size and latency, serve them, load-test them.")
        {
            DemoCommand.Create(host),
            DataCommand.Create(host),
            PullCommand.Create(host),
            TrainCommand.Create(host),
            RewireCommand.Create(host),
            SearchCommand.Create(host),
            StudyCommand.Create(host),
            PruneCommand.Create(host),
            ExportCommand.Create(host),
            CascadeCommand.Create(host),
            FineTuneCommand.Create(host),
            ServeCommand.Create(host),
            LoadCommand.Create(host),
            PlanCommand.Create(host),
            ReportCommand.Create(host),
            TokenizeCommand.Create(host),
            PredictCommand.Create(host),
            EvaluateCommand.Create(host),
            MultitaskCommand.Create(host),
            BenchCommand.Create(host),
            DoctorCommand.Create(host),
            HealthCommand.Create(host),
            CompletionCommand.Create(host),
        };
        root.Options.Add(verbose);
        return root;
    }

    private static InvocationConfiguration OutputTo(TextWriter output, CliHost host) =>
        new() { Output = output, Error = host.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };

    /// <summary>One line: the message, without what .NET adds of parameter names, and the cause where it says more.</summary>
    private static string Sentence(Exception exception)
    {
        if (exception is OperationCanceledException)
        {
            return "Interrupted.";
        }

        string message = exception.Message;
        int parameter = exception is ArgumentException ? message.IndexOf(" (Parameter '", StringComparison.Ordinal) : -1;
        return OneLine(parameter < 0 ? message : message[..parameter]);
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal).Trim();

    /// <summary>The command's name with its parents' before it.</summary>
    private static string Path(ParseResult parsed)
    {
        string path = "";
        for (CommandResult? at = parsed.CommandResult; at is { Command: not RootCommand }; at = at.Parent as CommandResult)
        {
            path = $"{at.Command.Name} {path}";
        }

        return path;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, CancellationTokenSource stop) => PosixSignalRegistration.Create(signal, context =>
    {
        // The second one ends the process at once.
        context.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    });
}
