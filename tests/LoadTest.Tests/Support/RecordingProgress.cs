using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Tests.Support;

internal sealed class RecordingProgress : ILoadTestProgress
{
    public List<LiveFigures> Seconds { get; } = [];

    public List<string> Events { get; } = [];

    public Action<StageResult> OnStageEnded { get; set; } = _ => { };

    public void Started(LoadTestSettings settings, IReadOnlyList<LoadTarget> targets) => Events.Add("started");

    public Action<LiveFigures> OnRunning { get; set; } = _ => { };

    public void Running(LiveFigures figures)
    {
        Seconds.Add(figures);
        OnRunning(figures);
    }

    public void StageEnded(string target, StageResult stage)
    {
        Events.Add($"{target} {stage.Users}");
        OnStageEnded(stage);
    }

    public void Ended(LoadTestResult result) => Events.Add(result.Complete ? "ended" : "interrupted");
}
