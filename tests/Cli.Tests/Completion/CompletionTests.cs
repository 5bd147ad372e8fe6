using System.Diagnostics;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Completion;

/// <summary>The real shells complete with the scripts.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [ShellTheory("bash")]
    [InlineData("doc", "doctor")]
    [InlineData("multitask ev", "evaluate")]
    [InlineData("load me", "merge")]
    [InlineData("train --keep ", "best last")]
    [InlineData("evaluate --split te", "test")]
    [InlineData("doctor --j", "--json")]
    [InlineData("load merge --verb", "--verbose")]
    [InlineData("completion ", "bash fish zsh", 3)]
    [InlineData("train --data ", "")]
    [InlineData("serve --endpoint base=mo", "")]
    public async Task Bash_LineSoFar_OffersWhatFits(string line, string expected, int first = 100)
    {
        string[] words = ["endpoints", .. line.Split(' ')];
        string list = string.Join(' ', words.Select(word => $"'{word}'"));
        string[] offered = await CompleteAsync("bash", $"COMP_WORDS=({list}); COMP_CWORD={words.Length - 1}; _endpoints; printf '%s\\n' \"${{COMPREPLY[@]}}\"");
        Assert.Equal(expected, string.Join(' ', offered.Take(first)));
    }

    [ShellTheory("zsh")]
    [InlineData("multitask ", "train evaluate prune", 3)]
    [InlineData("train --keep ", "best last")]
    [InlineData("train --data ", "FILES")]
    [InlineData("completion ", "bash fish zsh", 3)]
    public async Task Zsh_LineSoFar_OffersWhatFits(string line, string expected, int first = 100)
    {
        string[] words = ["endpoints", .. line.Split(' ')];

        // The two that only a terminal has, as the script calls them.
        string[] offered = await CompleteAsync(
            "zsh",
            $"words=({string.Join(' ', words.Select(word => $"'{word}'"))}); CURRENT={words.Length}; _endpoints",
            "compdef() { }; compadd() { shift; print -l -- $@ }; _files() { print FILES }");
        Assert.Equal(expected, string.Join(' ', offered.Take(first)));
    }

    [ShellTheory("fish")]
    [InlineData("doc", "doctor")]
    [InlineData("multitask ev", "evaluate")]
    [InlineData("train --keep ", "best last")]
    [InlineData("doctor --j", "--json")]
    public async Task Fish_LineSoFar_OffersWhatFits(string line, string expected)
    {
        string[] offered = await CompleteAsync("fish", $"complete -C 'endpoints {line}'");
        Assert.Equal(expected, string.Join(' ', offered.Select(one => one.Split('\t')[0])));
    }

    [Fact]
    public async Task Completion_OtherShell_IsRefused()
    {
        Cli.Run run = await Cli.RunAsync("completion", "tcsh");
        Assert.Equal(2, run.Code);
        Assert.Contains("tcsh", run.Error, StringComparison.Ordinal);
    }

    private async Task<string[]> CompleteAsync(string shell, string ask, string before = "")
    {
        Cli.Run run = await Cli.OkAsync("completion", shell);
        string file = _folder.File("script");
        await File.WriteAllTextAsync(file, $"{before}\n{run.Output}\n{ask}\n");
        using Process process = Process.Start(new ProcessStartInfo(shell, shell == "zsh" ? ["-f", file] : [file]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.Path })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal("", await error);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
