using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Scenarios;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest;

/// <summary>How a load test is run.</summary>
public sealed record LoadTestOptions
{
    /// <summary>The least windows of a stage.</summary>
    internal const int LeastWindows = StageSlices.Windows;

    /// <summary>The stages that each target goes through.</summary>
    public required LoadProfile Profile { get; init; }

    /// <summary>The share of each stage, from its start, whose requests do not count in its figures. Default 0.2; from 0 to below 1.</summary>
    public double WarmUpShare { get; init; } = 0.2;

    /// <summary>The longest warm-up of a stage, whatever its share. Default 2 s.</summary>
    public TimeSpan WarmUpLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Pause of a virtual user between an answer and its next request. Default 0.</summary>
    public TimeSpan ThinkTime { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Least time between the starts of two requests of a virtual user; one whose answer took longer goes on at once and does not catch up. Default 0.
    /// </summary>
    public TimeSpan Pacing { get; init; } = TimeSpan.Zero;

    /// <summary>How the requests of an open loop are spread over time. Default: evenly.</summary>
    public Arrivals Arrivals { get; init; } = Arrivals.Constant;

    /// <summary>The most connections of an open loop; requests beyond wait for one, and their latency grows. Default 1,000; at least 1.</summary>
    public int MaxConnections { get; init; } = 1_000;

    /// <summary>
    /// The most windows of a stage. Its measured part is three windows long; while the last three do not agree within 10 % in answers a second and
    /// in the 95th percentile, another is added, up to here. Default 3 (none is added; the stage is flagged); at least 3.
    /// </summary>
    public int MaxWindows { get; init; } = StageSlices.Windows;

    /// <summary>How often a request that was throttled, refused, timed out or answered 5xx is tried again. Default 0.</summary>
    public int Retries { get; init; }

    /// <summary>Does the server under test run in this process, so that the tester's own processor time cannot be told? Default: no.</summary>
    public bool SharesProcess { get; init; }

    /// <summary>How long a request may take before it is given up as timed out. Default 10 s; above 0.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Extra pause of a virtual user after its request was throttled or refused, so that users who get no answer do not spin. Default 50 ms. A
    /// <c>Retry-After</c> is not obeyed: a test that did would stop loading the server just where it starts to throttle.
    /// </summary>
    public TimeSpan ThrottleBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Path of the label in the JSON of answers, such as <c>label</c> or <c>outputs[0].data[0]</c>. Default: null, where each target's form has it.</summary>
    public string? AnswerField { get; init; }

    /// <summary>Path of the scores in the JSON of answers. Default: null, where each target's form has it.</summary>
    public string? ScoresField { get; init; }

    /// <summary>
    /// How far a score may be from the reference's; an answer with one further off counts as <see cref="Measuring.Outcome.Wrong"/>. Default 0.001: float32 in another
    /// order of sums stays below 0.0001, bfloat16 and int8 go beyond.
    /// </summary>
    public double Tolerance { get; init; } = 0.001;

    /// <summary>CSV file with a line for each attempt; null for none.</summary>
    public string? Log { get; init; }

    /// <summary>What is looked for between the stages, once one of them fails. Default: nothing.</summary>
    public Find Find { get; init; }

    /// <summary>The promise, all of whose conditions have to hold; the report tells the most load at which they do. Default: none.</summary>
    public IReadOnlyList<Condition> Slo { get; init; } = [];

    /// <summary>Conditions each of which fails the run where it holds. Default: none.</summary>
    public IReadOnlyList<Condition> FailOn { get; init; } = [];

    /// <summary>Ends the run after the first stage that fails it. Default: no.</summary>
    public bool AbortEarly { get; init; }

    /// <summary>Price of the server's machine for an hour, in any currency; null when it is not known.</summary>
    public double? PricePerHour { get; init; }

    /// <summary>Reads the server's counters (<c>GET /metrics</c>) around each stage. Default: yes.</summary>
    public bool ReadsMetrics { get; init; } = true;

    /// <summary>Seed of the order in which pairs are sent; the same for every target. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Which of several testers this is, that put on the load together; null for the only one.</summary>
    public Worker? Worker { get; init; }

    /// <summary>Are there times at which requests are to be sent? Pauses of users who were turned away are none.</summary>
    internal bool PlansSends => Profile.IsOpen || ThinkTime > TimeSpan.Zero || Pacing > TimeSpan.Zero;

    /// <summary>Processor time that this process has used.</summary>
    internal Func<TimeSpan> CpuTime { get; init; } = () => Environment.CpuUsage.TotalTime;

    /// <exception cref="LoadTestException">A value is out of range.</exception>
    internal void Validate()
    {
        Require(WarmUpShare is >= 0 and < 1, $"The warm-up share is {WarmUpShare}: give a number from 0 to below 1, such as 0.2.");
        Require(WarmUpLimit >= TimeSpan.Zero, $"The warm-up limit is {WarmUpLimit}: give 0 or more.");
        Require(ThinkTime >= TimeSpan.Zero, $"The think time is {ThinkTime}: give 0 or more.");
        Require(Pacing >= TimeSpan.Zero, $"The pacing is {Pacing}: give 0 or more.");
        Require(MaxConnections >= 1, $"The most connections are {MaxConnections}: give 1 or more, such as 1000.");
        Require(MaxWindows >= StageSlices.Windows, $"The most windows are {MaxWindows}: give {StageSlices.Windows} or more, such as 10.");
        Require(Retries is >= 0 and <= 100, $"The number of retries is {Retries}: give 0 to 100.");
        Require(Timeout > TimeSpan.Zero, $"The timeout is {Timeout}: give more than 0, such as 10s.");
        Require(ThrottleBackoff >= TimeSpan.Zero, $"The pause after a throttled request is {ThrottleBackoff}: give 0 or more.");
        Require(AnswerField != "", "The answer field is empty: name the JSON field that holds the predicted label, such as label.");
        Require(ScoresField != "", "The scores field is empty: name the JSON field that holds the scores, such as scores.");
        Require(Tolerance is >= 0 and < double.PositiveInfinity, $"The tolerance is {Tolerance}: give 0 or more, such as 0.001.");
        Require(Find != Find.Slo || Slo.Count > 0, "There is no promise to find the most load of: give one with --slo, such as p95<200ms.");
        Require(!(PricePerHour <= 0), $"The price is {PricePerHour} an hour: give more than 0.");
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
