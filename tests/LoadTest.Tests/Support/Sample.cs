using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Tests.Support;

/// <summary>Made-up inputs and results.</summary>
internal static class Sample
{
    public static readonly LoadPair[] Pairs =
        [new("a dog runs", "entailment: it moves", Responder.RightLabel), new("a cat sleeps", "entailment: it rests", Responder.RightLabel)];

    public static LoadTestOptions Options(string users = "1", string stage = "2s") =>
        new() { Profile = LoadProfile.Parse(users, null, stage), ThrottleBackoff = TimeSpan.Zero, CpuTime = () => TimeSpan.Zero };

    public static StageResult Stage(int users, long ok, long throttled = 0, double p50 = 10, double p95 = 20, long scored = 0, long correct = 0, long wrong = 0) => new()
    {
        Users = users,
        Seconds = 8,
        WarmUpRequests = 3,
        Complete = true,
        Outcomes = new OutcomeFigures(
            new OutcomeFigure(ok, ok == 0 ? null : new LatencySummary(p50, p50, (p50 + p95) / 2, p95, p95 * 1.2, p95 * 2)),
            new OutcomeFigure(throttled, throttled == 0 ? null : new LatencySummary(1.5, 1, 2, 2.5, 3, 4)),
            new OutcomeFigure(0, null), new OutcomeFigure(0, null), new OutcomeFigure(wrong, wrong == 0 ? null : new LatencySummary(1, 1, 1, 1, 1, 1))),
        Accuracy = new AnswerAccuracy(scored, correct),
    };

    public static LoadTestResult Result(params TargetResult[] targets) => new()
    {
        Started = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Ended = new DateTimeOffset(2030, 1, 2, 3, 8, 5, TimeSpan.Zero),
        Complete = true,
        Machine = new MachineFacts("A <fast> processor", 2, 8L << 30, "Some system", ".NET"),
        Settings = LoadTestSettings.From(Options("5..20", "10s"), Pairs),
        Targets = targets,
    };

    public static TargetResult Target(string name, params StageResult[] stages) => new()
    {
        Name = name,
        Url = $"http://127.0.0.1:8080/endpoints/{name}/invoke",
        Stages = stages,
        Whole = stages.Length == 0 ? Stage(1, 0).Outcomes : stages[^1].Outcomes,
    };

    /// <summary>A base that throttles from 15 users, a pruned one that never does and is faster and a little less accurate.</summary>
    public static LoadTestResult BaseAndPruned() => Result(
        Target("base", Stage(5, 1000, 0, 20.5, 31.25, 1000, 943), Stage(10, 1200, 12, 41, 55, 1200, 1131), Stage(15, 1210, 100, 60, 80, 1210, 1141), Stage(20, 1190, 900, 62, 85, 1190, 1122)) with
        {
            Facts = new EndpointFacts { Parameters = 11_200_000, ParametersBeforePruning = 11_200_000, Accuracy = 0.944, DataSet = "demo test" },
        },
        Target("pruned", Stage(5, 2100, 0, 9.125, 14, 2100, 1953), Stage(10, 2600, 0, 15, 22, 2600, 2418), Stage(15, 2900, 0, 21, 30, 2900, 2697), Stage(20, 3000, 0, 28, 41, 3000, 2790)) with
        {
            Facts = new EndpointFacts { Parameters = 4_300_000, ParametersBeforePruning = 11_200_000, SubNetwork = "small:l=2,h=3,u=400", Precision = "int8" },
        });
}
