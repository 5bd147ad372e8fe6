using System.Globalization;
using Endpoints.LoadTest.Results;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Endpoints.LoadTest.Progress;

/// <summary>A table that grows with each stage and whose last row is the running second.</summary>
internal sealed class LiveTable(IAnsiConsole console) : ILoadTestProgress
{
    private readonly List<(string Target, StageResult Stage)> _stages = [];
    private LiveFigures? _live;
    private bool _ended;

    /// <summary>Called with the new view when there is something new to show.</summary>
    public Action<IRenderable> Changed { get; set; } = _ => { };

    public IRenderable View => Build();

    public void Started(LoadTestSettings settings, IReadOnlyList<LoadTarget> targets) => Changed(View);

    public void Running(LiveFigures figures)
    {
        _live = figures;
        Changed(View);
    }

    public void StageEnded(string target, StageResult stage)
    {
        _live = null;
        _stages.Add((target, stage));
        Changed(View);
    }

    public void Ended(LoadTestResult result)
    {
        _live = null;
        _ended = true;
        Changed(View);
    }

    private Table Build()
    {
        Table table = new Table().Border(TableBorder.Rounded).BorderColor(Color.Grey);
        table.AddColumn(new TableColumn("endpoint"));
        foreach (string column in new[] { "load", "answered/s", "p50", "p95", "throttled", "failed", "accuracy" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        // A table taller than the terminal cannot be redrawn in place, so only its end is shown until the run is over.
        int room = _ended ? int.MaxValue : Math.Max(3, console.Profile.Height - 8);
        foreach ((string target, StageResult stage) in _stages.TakeLast(room))
        {
            LatencySummary? ok = stage.Outcomes.Ok.LatencyMs;
            table.AddRow(Row(target, stage.Level, stage.OkPerSecond, ok?.P50, ok?.P95, stage.ThrottledShare, stage.FailedShare, Figures.Accuracy(stage.Accuracy.Share)));
        }

        if (_live is { } live)
        {
            SecondFigures now = live.Second;
            table.AddRow(Row($"› {live.Target}", now.Users, now.OkPerSecond, now.P50Ms, now.P95Ms, now.ThrottledShare, now.FailedShare, ""));
            table.Caption = new TableTitle(string.Create(CultureInfo.InvariantCulture,
                $"endpoint {live.TargetNumber} of {live.TargetCount}, stage {live.StageNumber} of {live.StageCount}, {Figures.Clock(live.Elapsed)} gone, about {Figures.Clock(live.Left)} left"));
        }

        return table;
    }

    private static IRenderable[] Row(string target, double level, double rate, double? p50, double? p95, double throttled, double failed, string accuracy) =>
    [
        new Text(target), new Text(Figures.Level(level)), new Text(Figures.Rate(rate)), new Text(Figures.Latency(p50)), new Text(Figures.Latency(p95)),
        new Text(Figures.Share(throttled), throttled > ThrottlingOnset.Share ? new Style(Color.Yellow) : Style.Plain),
        new Text(Figures.Share(failed), failed > 0 ? new Style(Color.Red) : Style.Plain), new Text(accuracy),
    ];
}
