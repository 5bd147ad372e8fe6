using System.Diagnostics;
using System.Globalization;
using Endpoints.LoadTest.Profiles;

namespace Endpoints.Bench.Serving;

/// <summary>Criterion 10: a thousand probes a second, while requests come three times as fast as they can be answered.</summary>
internal static class HealthProbes
{
    private const int Probers = 8;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(10);

    public static async Task<Finding[]> RunAsync(Site site)
    {
        await using ServerProcess server = await (await ServerProcess.StartAsync(site, [$"base={site.Model("mini", Site.Mini)}"])).ReadyAsync();
        double peak = await Load.PeakAsync(site, server, "base");
        Task overload = Load.RunAsync(site, server, "base", TimeSpan.FromSeconds(1), LoadStage.Open(3 * peak, Length + TimeSpan.FromSeconds(2)));
        await Task.Delay(1_000);
        double[] times = [.. (await Task.WhenAll(Enumerable.Range(0, Probers).Select(_ => Task.Run(() => ProbeAsync(server))))).SelectMany(each => each).Order()];
        await overload;
        return
        [
            new("10 health", "live answers below 50 ms with all queues full, at 1,000 probes a second", string.Create(
                CultureInfo.InvariantCulture, $"p99 {times[times.Length * 99 / 100]:F1} ms, longest {times[^1]:F1} ms of {times.Length:N0} ({times.Length / Length.TotalSeconds:F0}/s)"), times[^1] < 50),
        ];
    }

    private static async Task<List<double>> ProbeAsync(ServerProcess server)
    {
        var times = new List<double>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Probers));
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Length && await timer.WaitForNextTickAsync())
        {
            long start = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await server.Client.GetAsync("/health/live");
            times.Add(answer.IsSuccessStatusCode ? Stopwatch.GetElapsedTime(start).TotalMilliseconds : double.PositiveInfinity);
        }

        return times;
    }
}
