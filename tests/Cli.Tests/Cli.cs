using Spectre.Console;

namespace Endpoints.Cli.Tests;

/// <summary>Runs a whole command in memory.</summary>
internal static class Cli
{
    /// <summary>What a command printed and ended with.</summary>
    public sealed record Run(int Code, string Output, string Error)
    {
        public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public static Task<Run> RunAsync(params string[] arguments) => WithInputAsync("", arguments);

    public static Task<Run> WithInputAsync(string input, params string[] arguments) => RunAsync(input, Environment.GetEnvironmentVariable, arguments);

    /// <summary>A command that is expected to end well.</summary>
    public static async Task<Run> OkAsync(params string[] arguments)
    {
        Run run = await RunAsync(arguments);
        Assert.True(run.Code == 0, run.Error);
        return run;
    }

    /// <summary>With an environment of its own.</summary>
    public static Task<Run> WithVariablesAsync(Dictionary<string, string> variables, params string[] arguments) => RunAsync("", variables.GetValueOrDefault, arguments);

    private static async Task<Run> RunAsync(string input, Func<string, string?> variable, string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var host = new CliHost
        {
            Input = new StringReader(input),
            Output = output,
            Error = error,
            Terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Interactive = InteractionSupport.No }),
            IsInteractive = false,
            Variable = variable,
        };
        int code = await Application.RunAsync(arguments, host);
        return new Run(code, output.ToString(), error.ToString());
    }
}
