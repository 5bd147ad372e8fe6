using System.Diagnostics;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.LoadTest;

namespace Endpoints.Bench.Serving;

/// <summary>Criterion 3: what one user waits for beyond the model itself. The server and a direct call take turns, question by question.</summary>
internal static class IdleTax
{
    private const int Questions = 2_000;
    private const double AllowedMs = 1;

    public static async Task<Finding[]> RunAsync(Site site)
    {
        string folder = site.Model("mini", Site.Mini);
        Checkpoint checkpoint = CheckpointFolder.Load(folder);
        using var engine = new CpuEngine(lanes: 1, threadsPerLane: 1);
        IClassifier classifier = engine.Load(checkpoint).CreateClassifier(SubNetwork.Full(checkpoint.Config), 0);
        await using ServerProcess server = await (await ServerProcess.StartAsync(site, [$"base={folder}"], "Endpoints:Defaults:Precision=float32")).ReadyAsync();
        var direct = new double[Questions];
        var served = new double[Questions];
        for (int i = -200; i < Questions; i++)
        {
            LoadPair pair = Load.Pairs[(i + 200) % Load.Pairs.Count];
            double alone = Direct(checkpoint, classifier, pair), asked = await AskAsync(server, pair);
            if (i >= 0)
            {
                (direct[i], served[i]) = (alone, asked);
            }
        }

        Array.Sort(direct);
        Array.Sort(served);
        double tax = served[Questions / 2] - direct[Questions / 2];
        return
        [
            new("3 no idle tax", $"p50 of one user at most {AllowedMs:F0} ms over tokenizer and engine", string.Create(
                CultureInfo.InvariantCulture, $"{tax:F2} ms: {served[Questions / 2]:F2} ms over HTTP, {direct[Questions / 2]:F2} ms direct ({Questions:N0} questions each)"), tax <= AllowedMs),
        ];
    }

    private static double Direct(Checkpoint checkpoint, IClassifier classifier, LoadPair pair)
    {
        Span<float> logits = stackalloc float[2];
        long start = Stopwatch.GetTimestamp();
        var batch = new TokenBatch();
        batch.Add(checkpoint.Tokenizer!.Encode(pair.Premise, pair.Hypothesis, checkpoint.Config.MaxSequenceLength));
        classifier.Classify(batch, logits);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<double> AskAsync(ServerProcess server, LoadPair pair)
    {
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage answer = await server.PostAsync("base", $$"""{"premise": "{{pair.Premise}}", "hypothesis": "{{pair.Hypothesis}}"}""");
        await answer.Content.ReadAsByteArrayAsync();
        answer.EnsureSuccessStatusCode();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
