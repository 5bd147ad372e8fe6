using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest.Results;

/// <summary>The figures of one stage, without its warm-up.</summary>
public sealed record StageResult
{
    /// <summary>Virtual users; in an open loop the most connections in use at once.</summary>
    public required int Users { get; init; }

    /// <summary>Requests a second that were to be sent (of a ramp: the mean); null in a closed loop.</summary>
    public double? Rate { get; init; }

    /// <summary>The load as one number: requests a second in an open loop, virtual users in a closed one.</summary>
    public double Level => Rate ?? Users;

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

    /// <summary>Scores of the answers beside those of the reference; null when there is none.</summary>
    public ReferenceFigures? Reference { get; init; }

    /// <summary>Answers beside the first ones to the same questions; null when no question came again.</summary>
    public AnswerChanges? Changes { get; init; }

    /// <summary>How sure the figures are; null where nothing was measured.</summary>
    public StageIntervals? Intervals { get; init; }

    /// <summary>Windows that were run; figures are those of the last three.</summary>
    public int Windows { get; init; }

    /// <summary>Did the last three windows agree within 10 %? Null where there were not as many, and for a ramp.</summary>
    public bool? Steady { get; init; }

    /// <summary>
    /// Closed loop: latencies of answered requests in ms, with those added that users who waited for slow answers did not send (coordinated omission).
    /// Null in an open loop, whose latencies need no correction.
    /// </summary>
    public LatencySummary? CorrectedMs { get; init; }

    /// <summary>How late requests were sent, in ms, where a time was planned for them: in an open loop, and after pauses; null elsewhere.</summary>
    public OutcomeFigure? SendLag { get; init; }

    /// <summary>Open loop: requests whose time had come; 0 in a closed loop.</summary>
    public long Planned { get; init; }

    /// <summary>Requests as the server saw them: each attempt counts.</summary>
    public long Attempts { get; init; }

    /// <summary>Attempts among them that were answered with success.</summary>
    public long OkAttempts { get; init; }

    /// <summary>Attempts among them that were answered 429.</summary>
    public long ThrottledAttempts { get; init; }

    /// <summary>Where answered requests spent their time; null when the server does not say.</summary>
    public ServerSplit? Split { get; init; }

    /// <summary>What the server counted beside what the tester did; null when the server does not tell.</summary>
    public Reconciliation? Server { get; init; }

    /// <summary>Share of its cores that the tester's process used, 0 to 1.</summary>
    public double CpuShare { get; init; }

    /// <summary>Why these figures are those of the tester rather than of the server; null when they hold.</summary>
    public string? Invalid { get; init; }

    /// <summary>Requests a second, whatever their outcome.</summary>
    public double RequestsPerSecond => PerSecond(Outcomes.Requests);

    /// <summary>Answered requests a second.</summary>
    public double OkPerSecond => PerSecond(Outcomes.Ok.Count);

    /// <summary>Share of requests answered 429, 0 to 1.</summary>
    public double ThrottledShare => Outcomes.Share(Outcome.Throttled);

    /// <summary>Share of requests that failed in other ways, 0 to 1.</summary>
    public double FailedShare => Outcomes.Requests == 0 ? 0 : (double)Outcomes.Failed / Outcomes.Requests;

    internal static StageResult From(LoadStage stage, int users, StageClock clock, bool complete, LoadTestOptions options)
    {
        Recorder measured = clock.Slices.Measured();
        bool any = clock.Slices.Time > TimeSpan.Zero;
        return new StageResult
        {
            Users = users,
            Rate = stage.IsOpen ? stage.Level : null,
            Seconds = Math.Round(clock.Slices.Time.TotalSeconds, 6),
            WarmUpRequests = clock.WarmUpRequests,
            Complete = complete,
            Outcomes = OutcomeFigures.From(measured),
            Accuracy = new AnswerAccuracy(measured.Scored, measured.Correct),
            Reference = ReferenceFigures.From(measured),
            Changes = AnswerChanges.From(measured),
            Intervals = any ? StageIntervals.From(clock.Slices, measured) : null,
            Windows = clock.Slices.WindowCount,
            Steady = clock.Slices.WindowCount >= StageSlices.Windows && stage.RateTo is null ? clock.Slices.AreSteady : null,
            CorrectedMs = stage.IsOpen ? null : LatencySummary.From(Corrected(measured[Outcome.Ok], options.Pacing.TotalSeconds, options.ThinkTime.TotalSeconds)),
            SendLag = measured.Lag.Count > 0 ? OutcomeFigure.From(measured.Lag) : null,
            Planned = measured.Planned,
            Attempts = Enum.GetValues<Outcome>().Sum(measured.Attempts),
            OkAttempts = measured.Attempts(Outcome.Ok),
            ThrottledAttempts = measured.Attempts(Outcome.Throttled),
            Split = ServerSplit.From(measured),
            CpuShare = clock.CpuShare,
            Invalid = any ? TesterCheck.Problem(measured, clock.CpuShare, complete, options) : null,
        };
    }

    /// <summary>A user would have sent a request each pacing interval or, without pacing, each time that half of them need.</summary>
    internal static LatencyHistogram Corrected(LatencyHistogram ok, double pacingSeconds, double thinkSeconds) =>
        ok.Corrected(Math.Max(pacingSeconds * 1e6, (thinkSeconds * 1e6) + ok.Percentile(0.5)));

    private double PerSecond(long count) => Seconds > 0 ? Math.Round(count / Seconds, 3) : 0;
}
