using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Profiles;

namespace Endpoints.LoadTest.Results;

/// <summary>How a run was set up, in plain numbers; durations in s.</summary>
public sealed record LoadTestSettings
{
    /// <summary>The stages asked for.</summary>
    public required IReadOnlyList<StageSetting> Profile { get; init; }

    /// <summary>Did requests arrive at a rate of their own (open loop), or were there virtual users (closed loop)?</summary>
    public bool IsOpen => Profile.Any(stage => stage.Rate is not null);

    /// <summary>How requests of an open loop were spread over time.</summary>
    public Arrivals Arrivals { get; init; }

    /// <summary>The most connections of an open loop.</summary>
    public int MaxConnections { get; init; }

    /// <summary>The most windows of a stage.</summary>
    public int MaxWindows { get; init; }

    /// <summary>How often a failed request was tried again.</summary>
    public int Retries { get; init; }

    /// <summary>Did the server under test run in the tester's process?</summary>
    public bool SharesProcess { get; init; }

    /// <summary>What was looked for between the stages.</summary>
    public Find Find { get; init; }

    /// <summary>The promise, condition by condition.</summary>
    public IReadOnlyList<string> Slo { get; init; } = [];

    /// <summary>Conditions each of which fails the run.</summary>
    public IReadOnlyList<string> FailOn { get; init; } = [];

    /// <summary>Processes that put on load together.</summary>
    public int Testers { get; init; } = 1;

    /// <summary>Price of the server's machine for an hour; null when it is not known.</summary>
    public double? PricePerHour { get; init; }

    /// <summary>Least time between the starts of two requests of a user, in s.</summary>
    public double PacingSeconds { get; init; }

    /// <summary>Share of each stage that was warm-up.</summary>
    public required double WarmUpShare { get; init; }

    /// <summary>The longest warm-up, in s.</summary>
    public required double WarmUpLimitSeconds { get; init; }

    /// <summary>Pause between an answer and the next request, in s.</summary>
    public required double ThinkTimeSeconds { get; init; }

    /// <summary>How long a request could take, in s.</summary>
    public required double TimeoutSeconds { get; init; }

    /// <summary>Extra pause after a throttled or refused request, in s.</summary>
    public required double ThrottleBackoffSeconds { get; init; }

    /// <summary>How far a score could be from a reference's.</summary>
    public double Tolerance { get; init; }

    /// <summary>JSON field that was compared with labels.</summary>
    public required string AnswerField { get; init; }

    /// <summary>Pairs that were sent, over and over.</summary>
    public required int Pairs { get; init; }

    /// <summary>Pairs among them with a label.</summary>
    public required int LabelledPairs { get; init; }

    /// <summary>Seed of their order.</summary>
    public required int Seed { get; init; }

    internal static LoadTestSettings From(LoadTestOptions options, IReadOnlyList<LoadPair> pairs) => new()
    {
        Profile = [.. options.Profile.Stages.Select(stage => new StageSetting(stage.Users, stage.Duration.TotalSeconds) { Rate = stage.Rate, RateTo = stage.RateTo })],
        Arrivals = options.Arrivals,
        MaxConnections = options.MaxConnections,
        Find = options.Find,
        MaxWindows = options.MaxWindows,
        Retries = options.Retries,
        Tolerance = options.Tolerance,
        SharesProcess = options.SharesProcess,
        PacingSeconds = options.Pacing.TotalSeconds,
        WarmUpShare = options.WarmUpShare,
        WarmUpLimitSeconds = options.WarmUpLimit.TotalSeconds,
        ThinkTimeSeconds = options.ThinkTime.TotalSeconds,
        TimeoutSeconds = options.Timeout.TotalSeconds,
        ThrottleBackoffSeconds = options.ThrottleBackoff.TotalSeconds,
        AnswerField = options.AnswerField ?? "as each protocol has it",
        Slo = [.. options.Slo.Select(condition => condition.ToString())],
        FailOn = [.. options.FailOn.Select(condition => condition.ToString())],
        PricePerHour = options.PricePerHour,
        Pairs = pairs.Count,
        LabelledPairs = pairs.Count(pair => pair.Label is not null),
        Seed = options.Seed,
    };
}

/// <summary>A stage that was asked for.</summary>
/// <param name="Users">Virtual users; 0 in an open loop.</param>
/// <param name="Seconds">Duration in s, warm-up included.</param>
public sealed record StageSetting(int Users, double Seconds)
{
    /// <summary>Requests a second at its start; null in a closed loop.</summary>
    public double? Rate { get; init; }

    /// <summary>Requests a second at the end of a ramp; null where the rate stays.</summary>
    public double? RateTo { get; init; }
}
