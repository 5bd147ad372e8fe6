namespace Endpoints.Cli;

/// <summary>What the process ends with.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed; one line on standard error says why.</summary>
    public const int Failed = 1;

    /// <summary>Wrong arguments; one line on standard error says which.</summary>
    public const int BadArguments = 2;
}
