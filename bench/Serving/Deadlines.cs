using System.Diagnostics;
using System.Globalization;

namespace Endpoints.Bench.Serving;

/// <summary>Criterion 4: requests whose deadline falls into a batch ten times as long, on an endpoint that was idle and so lets them wait.</summary>
internal static class Deadlines
{
    private const int Requests = 40;
    private const double DeadlineMs = 30;

    public static async Task<Finding[]> RunAsync(Site site)
    {
        string folder = site.Model("mini", Site.Mini);
        await using ServerProcess server = await (await ServerProcess.StartAsync(
            site, [$"bulk={folder}", $"small={folder}#small:l=4,h=4,u=1023"],
            "Endpoints:Defaults:MaxBatchDuration=00:00:10", "Endpoints:Defaults:MaxBatchTokens=65536", "Endpoints:Defaults:MaxBatchRows=128", "Endpoints:Defaults:MaxQueueDelay=00:01:00")).ReadyAsync();
        string bulk = Load.Body(pairs: 128, words: 70);
        var late = new List<double>();
        var reasons = new Dictionary<string, int>();
        double batchMs = 0;
        for (int i = 0; i < Requests; i++)
        {
            long began = Stopwatch.GetTimestamp();
            Task<HttpResponseMessage> batch = server.PostAsync("bulk", bulk);

            // Reading and tokenizing the pairs comes first; then the batch runs for as long as it takes.
            await Task.Delay(60);
            long start = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await server.PostAsync("small", $$"""{"text": "a dog runs", "deadline_ms": {{DeadlineMs}}}""");
            string body = await answer.Content.ReadAsStringAsync();
            late.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds - DeadlineMs);
            string reason = (int)answer.StatusCode != 504 ? $"{(int)answer.StatusCode}" : body.Contains("deadline_passed", StringComparison.Ordinal) ? "deadline_passed" : "deadline_unreachable";
            reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            using HttpResponseMessage ended = await batch;
            ended.EnsureSuccessStatusCode();
            batchMs = Math.Max(batchMs, Stopwatch.GetElapsedTime(began).TotalMilliseconds);

            // After a second without a batch the server no longer refuses on its prediction's word.
            await Task.Delay(i % 2 == 0 ? 1_100 : 0);
        }

        late.Sort();
        return
        [
            new("4 deadlines", "answered within 20 ms of the deadline while a lane is inside a batch ten times as long", string.Create(
                CultureInfo.InvariantCulture,
                $"latest {Math.Max(0, late[^1]):F1} ms after it, median {Math.Max(0, late[Requests / 2]):F1} ms ({string.Join(", ", reasons.Select(pair => $"{pair.Value} {pair.Key}"))}); deadline {DeadlineMs} ms, batches of up to {batchMs:F0} ms"),
                late[^1] <= 20 && reasons.Keys.All(reason => reason.StartsWith("deadline_", StringComparison.Ordinal)) && batchMs >= 10 * DeadlineMs),
        ];
    }
}
