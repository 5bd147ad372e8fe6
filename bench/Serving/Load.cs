using Endpoints.LoadTest;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.Results;

namespace Endpoints.Bench.Serving;

/// <summary>Load from the product's own tester.</summary>
internal static class Load
{
    private static readonly string[] Words = ["a", "dog", "runs", "on", "the", "beach", "two", "poodles", "sleep", "nobody", "moves", "while", "children", "play", "outside"];

    /// <summary>Pairs of 8 to 16 words a text, always the same.</summary>
    public static IReadOnlyList<LoadPair> Pairs { get; } = [.. Draw(new Random(1), 500)];

    /// <summary>A body of that many pairs.</summary>
    public static string Body(int pairs, int words)
    {
        var random = new Random(2);
        return $$"""{"pairs": [{{string.Join(',', Enumerable.Range(0, pairs).Select(_ => $$"""{"premise": "{{Text(random, words)}}", "hypothesis": "{{Text(random, words)}}"}"""))}}]}""";
    }

    /// <summary>Runs stages against one endpoint.</summary>
    /// <param name="site">Where the tester's files go.</param>
    /// <param name="server">The server.</param>
    /// <param name="endpoint">Its endpoint.</param>
    /// <param name="warmUp">Start of each stage that does not count.</param>
    /// <param name="stages">The stages.</param>
    public static async Task<IReadOnlyList<StageResult>> RunAsync(Site site, ServerProcess server, string endpoint, TimeSpan warmUp, params LoadStage[] stages)
    {
        var options = new LoadTestOptions
        {
            Profile = new LoadProfile(stages),
            WarmUpShare = 0.9,
            WarmUpLimit = warmUp,
            Arrivals = Arrivals.Poisson,
            ReadsMetrics = false,
            ThrottleBackoff = TimeSpan.FromMilliseconds(5),
        };
        LoadTestResult result = await LoadTester.RunAsync(
            options, [new LoadTarget(endpoint, server.Invoke(endpoint))], Pairs, Path.Combine(site.Scratch, Guid.NewGuid().ToString("N")), new Silence(), TimeProvider.System, CancellationToken.None);
        return result.Targets[0].Stages;
    }

    /// <summary>The most requests a second that an endpoint answers: closed loops of 8, 16 and 32 users.</summary>
    public static async Task<double> PeakAsync(Site site, ServerProcess server, string endpoint)
    {
        IReadOnlyList<StageResult> stages = await RunAsync(
            site, server, endpoint, TimeSpan.FromSeconds(2), [.. ((int[])[8, 16, 32]).Select(users => new LoadStage(users, TimeSpan.FromSeconds(8)))]);
        return stages.Max(stage => stage.OkPerSecond);
    }

    private static IEnumerable<LoadPair> Draw(Random random, int count) =>
        Enumerable.Range(0, count).Select(_ => new LoadPair(Text(random, random.Next(8, 17)), Text(random, random.Next(8, 17))));

    private static string Text(Random random, int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Words[random.Next(Words.Length)]));

    private sealed class Silence : ILoadTestProgress
    {
        public void Started(LoadTestSettings settings, IReadOnlyList<LoadTarget> targets)
        {
        }

        public void Running(LiveFigures figures)
        {
        }

        public void StageEnded(string target, StageResult stage)
        {
        }

        public void Ended(LoadTestResult result)
        {
        }
    }
}
