using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Endpoints.Bench.Serving;

/// <summary>Criterion 7: of the clients that are turned away and come again after <c>Retry-After</c>, how many are answered then.</summary>
internal static class Retries
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(20);

    public static async Task<Finding[]> RunAsync(Site site) =>
    [
        await RunAsync(site, "clients that come within a second", TimeSpan.FromSeconds(1)),
        await RunAsync(site, "clients that all come in one instant", TimeSpan.Zero),
    ];

    private static async Task<Finding> RunAsync(Site site, string who, TimeSpan within)
    {
        await using ServerProcess server = await (await ServerProcess.StartAsync(site, [$"base={site.Model("mini", Site.Mini)}"])).ReadyAsync();
        double peak = await Load.PeakAsync(site, server, "base");

        // Users that fill the queue's promise six times over, all of whom wait as they are told.
        int clients = (int)(6 * 0.1 * peak);
        long refused = 0, retried = 0, succeeded = 0, waited = 0, started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            await Task.Delay(within * ((double)client / clients));
            TimeSpan? wait = null;
            for (int i = client; Stopwatch.GetElapsedTime(started) < Length; i++)
            {
                bool isRetry = wait is not null;
                await Task.Delay(wait ?? TimeSpan.Zero);
                LoadTest.LoadPair pair = Load.Pairs[i % Load.Pairs.Count];
                using HttpResponseMessage answer = await server.PostAsync("base", $$"""{"premise": "{{pair.Premise}}", "hypothesis": "{{pair.Hypothesis}}"}""");
                wait = answer.StatusCode == HttpStatusCode.TooManyRequests ? answer.Headers.RetryAfter!.Delta : null;
                Interlocked.Add(ref refused, wait is null ? 0 : 1);
                Interlocked.Add(ref waited, (long)(wait?.TotalSeconds ?? 0));
                Interlocked.Add(ref retried, isRetry ? 1 : 0);
                Interlocked.Add(ref succeeded, isRetry && wait is null ? 1 : 0);
            }
        })));
        double share = retried == 0 ? 0 : (double)succeeded / retried;
        return new Finding("7 retries after Retry-After", $"{who}: at least 80 % of retries answered", string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * share:F0} % of {retried:N0}; {clients} clients, {refused:N0} answers of 429 in {Length.TotalSeconds:F0} s, told to wait {(double)waited / refused:F1} s on average"), share >= 0.8);
    }
}
