using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Endpoints.Cli;

/// <summary>What a command may touch of the world outside, so that a test runs the whole command with its own.</summary>
internal sealed class CliHost
{
    private const int WidthOfFiles = 160;

    public required TextReader Input { get; init; }

    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Draws tables and live progress on <see cref="Output"/>.</summary>
    public required IAnsiConsole Terminal { get; init; }

    /// <summary>True where progress may overwrite its own line.</summary>
    public required bool IsInteractive { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The value of an environment variable; null where it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>Stack traces with errors.</summary>
    public bool Verbose { get; set; }

    /// <summary>Writes a document, the only thing on standard output.</summary>
    public void WriteJson<T>(T document, JsonTypeInfo<T> type) => Output.WriteLine(JsonSerializer.Serialize(document, type));

    /// <summary>The same host for words that a reader of a JSON document must not find before it: on standard error instead.</summary>
    public CliHost WithWordsOnError() => new()
    {
        Input = Input,
        Output = Error,
        Error = Error,
        Terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error), Interactive = InteractionSupport.No, Ansi = AnsiSupport.No }),
        IsInteractive = IsInteractive,
        Time = Time,
        Variable = Variable,
        Verbose = Verbose,
    };

    /// <summary>This process's own console.</summary>
    public static CliHost Create()
    {
        IAnsiConsole terminal = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
        {
            // A file has no edge at which a table would have to be wrapped.
            terminal.Profile.Width = WidthOfFiles;
        }

        return new()
        {
            Input = Console.In,
            Output = Console.Out,
            Error = Console.Error,
            Terminal = terminal,
            IsInteractive = !Console.IsErrorRedirected && terminal.Profile.Capabilities.Interactive,
        };
    }
}
