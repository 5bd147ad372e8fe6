namespace Endpoints.LoadTest.Progress;

/// <summary>How a load test stands.</summary>
public sealed record LiveFigures
{
    /// <summary>Name of the target under test.</summary>
    public required string Target { get; init; }

    /// <summary>Its place among the targets, from 1.</summary>
    public required int TargetNumber { get; init; }

    /// <summary>Number of targets.</summary>
    public required int TargetCount { get; init; }

    /// <summary>Place of the stage among those of the target, from 1.</summary>
    public required int StageNumber { get; init; }

    /// <summary>Stages of each target.</summary>
    public required int StageCount { get; init; }

    /// <summary>Time since the run started.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Time that the remaining stages take; the answers that a stage's end waits for come on top.</summary>
    public required TimeSpan Left { get; init; }

    /// <summary>The last second.</summary>
    public required SecondFigures Second { get; init; }
}

/// <summary>What one second of a test brought.</summary>
/// <param name="Users">Virtual users at work.</param>
/// <param name="OkPerSecond">Answered requests a second.</param>
/// <param name="P50Ms">Median of their response times in ms; null when there were none.</param>
/// <param name="P95Ms">95th percentile of their response times in ms; null when there were none.</param>
/// <param name="ThrottledShare">Share of requests answered 429, 0 to 1.</param>
/// <param name="FailedShare">Share of requests that failed in other ways, 0 to 1.</param>
public sealed record SecondFigures(int Users, double OkPerSecond, double? P50Ms, double? P95Ms, double ThrottledShare, double FailedShare);
