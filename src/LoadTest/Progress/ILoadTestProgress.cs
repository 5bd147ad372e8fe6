using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Progress;

/// <summary>Is told how a load test goes. Calls come one at a time.</summary>
public interface ILoadTestProgress
{
    /// <summary>The targets have answered a first question; the first stage is about to start.</summary>
    void Started(LoadTestSettings settings, IReadOnlyList<LoadTarget> targets);

    /// <summary>About once a second while a stage runs.</summary>
    void Running(LiveFigures figures);

    /// <summary>A stage is over.</summary>
    void StageEnded(string target, StageResult stage);

    /// <summary>The run is over, or was interrupted, and all files are written.</summary>
    void Ended(LoadTestResult result);
}
