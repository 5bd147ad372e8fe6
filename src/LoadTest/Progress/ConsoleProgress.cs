using Spectre.Console;

namespace Endpoints.LoadTest.Progress;

/// <summary>Shows a load test on a console: as a live table on a terminal, as plain lines elsewhere.</summary>
public static class ConsoleProgress
{
    /// <summary>Runs something that reports progress and shows it while it lasts.</summary>
    /// <param name="console">Where to show it.</param>
    /// <param name="run">The run; it passes the progress on to <see cref="LoadTester.RunAsync"/>.</param>
    public static async Task<T> RunAsync<T>(IAnsiConsole console, Func<ILoadTestProgress, Task<T>> run)
    {
        ArgumentNullException.ThrowIfNull(console);
        ArgumentNullException.ThrowIfNull(run);
        if (!console.Profile.Out.IsTerminal || !console.Profile.Capabilities.Ansi)
        {
            return await run(new PlainProgress(console)).ConfigureAwait(false);
        }

        var table = new LiveTable(console);
        return await console.Live(table.View).StartAsync(context =>
        {
            table.Changed = context.UpdateTarget;
            return run(table);
        }).ConfigureAwait(false);
    }
}
