using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Results;

/// <summary>The figures of one stage, without its warm-up.</summary>
public sealed record StageResult
{
    /// <summary>Virtual users.</summary>
    public required int Users { get; init; }

    /// <summary>How long the measured part lasted, in s.</summary>
    public required double Seconds { get; init; }

    /// <summary>Requests of the warm-up, which count in none of the other figures.</summary>
    public required long WarmUpRequests { get; init; }

    /// <summary>Did the stage run its whole time? False when the run was interrupted in it.</summary>
    public required bool Complete { get; init; }

    /// <summary>Requests sent in the measured part, by outcome.</summary>
    public required OutcomeFigures Outcomes { get; init; }

    /// <summary>Accuracy of the answers.</summary>
    public required AnswerAccuracy Accuracy { get; init; }

    /// <summary>Requests a second, whatever their outcome.</summary>
    public double RequestsPerSecond => Rate(Outcomes.Requests);

    /// <summary>Answered requests a second.</summary>
    public double OkPerSecond => Rate(Outcomes.Ok.Count);

    /// <summary>Share of requests answered 429, 0 to 1.</summary>
    public double ThrottledShare => Outcomes.Share(Outcome.Throttled);

    /// <summary>Share of requests that failed in other ways, 0 to 1.</summary>
    public double FailedShare => Outcomes.Requests == 0 ? 0 : (double)Outcomes.Failed / Outcomes.Requests;

    internal static StageResult From(int users, StageClock clock, bool complete) => new()
    {
        Users = users,
        Seconds = Math.Round(clock.MeasuredTime.TotalSeconds, 6),
        WarmUpRequests = clock.WarmUp.Requests,
        Complete = complete,
        Outcomes = OutcomeFigures.From(clock.Measured),
        Accuracy = new AnswerAccuracy(clock.Measured.Scored, clock.Measured.Correct),
    };

    private double Rate(long count) => Seconds > 0 ? Math.Round(count / Seconds, 3) : 0;
}
