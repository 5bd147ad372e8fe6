using System.Globalization;
using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Results;
using Spectre.Console;

namespace Endpoints.LoadTest.Progress;

/// <summary>One plain line a stage, for logs.</summary>
internal sealed class PlainProgress(IAnsiConsole console) : ILoadTestProgress
{
    private int? _stages;
    private int _done;

    public void Started(LoadTestSettings settings, IReadOnlyList<LoadTarget> targets)
    {
        // How many more a search tries, and how many of the ramp it leaves out, is not known before.
        _stages = settings.Find == Find.None ? settings.Profile.Count * targets.Count : null;
        double seconds = settings.Profile.Sum(stage => stage.Seconds) * targets.Count;
        Line($"load test of {string.Join(", ", targets.Select(target => target.Name))}: {settings.Profile.Count * targets.Count} stages, about {Figures.Clock(TimeSpan.FromSeconds(seconds))}{(_stages is null ? ", and a search between them" : "")}");
    }

    public void Running(LiveFigures figures)
    {
        // A line every second would bury the stages' own lines.
    }

    public void StageEnded(string target, StageResult stage)
    {
        _done++;
        LatencySummary? ok = stage.Outcomes.Ok.LatencyMs;
        Line(string.Create(CultureInfo.InvariantCulture, $"[{_done}{(_stages is { } all ? $"/{all}" : "")}] {target}, {Report.ReportWords.Load(stage)}: {Figures.Rate(stage.OkPerSecond)}/s, ") +
            $"p50 {Figures.Latency(ok?.P50)}, p95 {Figures.Latency(ok?.P95)}, throttled {Figures.Share(stage.ThrottledShare)}" +
            (stage.Outcomes.Failed > 0 ? $", failed {Figures.Share(stage.FailedShare)}" : "") +
            (stage.Accuracy.Share is { } accuracy ? $", accuracy {Figures.Accuracy(accuracy)}" : "") +
            (stage.Invalid is { } reason ? $" INVALID: {reason}" : "") +
            (stage.Complete ? "" : " (interrupted)"));
    }

    public void Ended(LoadTestResult result)
    {
        if (!result.Complete)
        {
            Line($"{(result.Aborted ? "ended early, for a --fail-on condition held" : "interrupted")}; the files hold what was measured until then");
        }
    }

    /// <summary>Written as it is: Spectre would take brackets for markup, and break lines that are wider than its guess of a width.</summary>
    private void Line(string text) => console.Profile.Out.Writer.WriteLine(text);
}
