using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Tests.Support;
using Spectre.Console;

namespace Endpoints.LoadTest.Tests.Progress;

public sealed class ConsoleProgressTests
{
    private readonly StringWriter _text = new();

    [Fact]
    public async Task RunAsync_NoTerminal_WritesPlainLines()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(_text) });

        await ConsoleProgress.RunAsync(console, Play);

        Assert.Equal(
            ["load test of base: 4 stages, about 0:40", "[1/4] base, 5 users: 125/s, p50 20.5 ms, p95 31.3 ms, throttled 0 %, accuracy 94.3 %",
                "[2/4] base, 10 users: 12.5/s, p50 10.0 ms, p95 20.0 ms, throttled 8.3 %, failed 8.3 %"],
            _text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task RunAsync_Terminal_ShowsATableWithTheRunningSecond()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Out = new Terminal(_text) });

        await ConsoleProgress.RunAsync(console, Play);

        string shown = _text.ToString();
        Assert.Contains("› base", shown, StringComparison.Ordinal);
        Assert.Contains("stage 2 of 4, 0:12 gone, about 0:28 left", shown, StringComparison.Ordinal);
        Assert.Contains("31.3 ms", shown, StringComparison.Ordinal);
    }

    private static Task<int> Play(ILoadTestProgress progress)
    {
        LoadTestResult result = Sample.BaseAndPruned();
        progress.Started(result.Settings with { Profile = [.. result.Targets[0].Stages.Select(stage => new StageSetting(stage.Users, 10))] }, [new LoadTarget("base", new Uri("http://h/"))]);
        progress.StageEnded("base", result.Targets[0].Stages[0]);
        progress.Running(new LiveFigures
        {
            Target = "base",
            TargetNumber = 1,
            TargetCount = 1,
            StageNumber = 2,
            StageCount = 4,
            Elapsed = TimeSpan.FromSeconds(12),
            Left = TimeSpan.FromSeconds(28),
            Second = new SecondFigures(10, 98.7, 40.5, 55, 0.02, 0),
        });
        progress.StageEnded("base", Sample.Stage(10, 100, 10, wrong: 10));
        progress.Ended(result);
        return Task.FromResult(0);
    }

    private sealed class Terminal(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer { get; } = writer;

        public bool IsTerminal => true;

        public int Width => 120;

        public int Height => 40;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}
