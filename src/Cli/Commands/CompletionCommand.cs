using System.CommandLine;
using Endpoints.Cli.Completion;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints completion</c>: what makes a shell complete the command's words.</summary>
internal static class CompletionCommand
{
    public static Command Create(CliHost host)
    {
        var shell = new Argument<string>("shell") { Description = $"The shell: {string.Join(", ", CompletionScript.Shells)}." };
        shell.AcceptOnlyFromAmong([.. CompletionScript.Shells]);
        var command = new Command("completion", "Write a shell's completion script: source <(endpoints completion bash), the same for zsh, and for fish a file in ~/.config/fish/completions.") { shell };
        command.SetAction(result =>
        {
            host.Output.Write(CompletionScript.For(result.GetValue(shell)!, CommandWords.Of((RootCommand)result.RootCommandResult.Command)));
            return ExitCode.Done;
        });
        return command;
    }
}
