using Endpoints.LoadTest.Profiles;

namespace Endpoints.LoadTest;

/// <summary>How a load test is run.</summary>
public sealed record LoadTestOptions
{
    /// <summary>The stages that each target goes through.</summary>
    public required LoadProfile Profile { get; init; }

    /// <summary>The share of each stage, from its start, whose requests do not count in its figures. Default 0.2; from 0 to below 1.</summary>
    public double WarmUpShare { get; init; } = 0.2;

    /// <summary>The longest warm-up of a stage, whatever its share. Default 2 s.</summary>
    public TimeSpan WarmUpLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Pause of a virtual user between an answer and its next request. Default 0.</summary>
    public TimeSpan ThinkTime { get; init; } = TimeSpan.Zero;

    /// <summary>How long a request may take before it is given up as timed out. Default 10 s; above 0.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Extra pause of a virtual user after its request was throttled or refused, so that users who get no answer do not spin. Default 50 ms. A
    /// <c>Retry-After</c> is not obeyed: a test that did would stop loading the server just where it starts to throttle.
    /// </summary>
    public TimeSpan ThrottleBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The JSON field of an answer that is compared with a pair's label. Default <c>label</c>.</summary>
    public string AnswerField { get; init; } = "label";

    /// <summary>Seed of the order in which pairs are sent; the same for every target. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <exception cref="LoadTestException">A value is out of range.</exception>
    internal void Validate()
    {
        Require(WarmUpShare is >= 0 and < 1, $"The warm-up share is {WarmUpShare}: give a number from 0 to below 1, such as 0.2.");
        Require(WarmUpLimit >= TimeSpan.Zero, $"The warm-up limit is {WarmUpLimit}: give 0 or more.");
        Require(ThinkTime >= TimeSpan.Zero, $"The think time is {ThinkTime}: give 0 or more.");
        Require(Timeout > TimeSpan.Zero, $"The timeout is {Timeout}: give more than 0, such as 10s.");
        Require(ThrottleBackoff >= TimeSpan.Zero, $"The pause after a throttled request is {ThrottleBackoff}: give 0 or more.");
        Require(AnswerField.Length > 0, "The answer field is empty: name the JSON field that holds the predicted label, such as label.");
    }

    /// <summary>The part of a stage, from its start, that is not counted.</summary>
    internal TimeSpan WarmUpOf(LoadStage stage)
    {
        TimeSpan share = stage.Duration * WarmUpShare;
        return share < WarmUpLimit ? share : WarmUpLimit;
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new LoadTestException(message);
        }
    }
}
