using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Endpoints.Bench.Soak;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;
using Microsoft.Extensions.Configuration;

namespace Endpoints.Bench;

/// <summary>What a request's metrics cost, as a share of the processor time of a request to a model that computes next to nothing.</summary>
internal static class MetricsBenchmark
{
    private const int Records = 200_000;
    private const int Rounds = 9;
    private const int Clients = 8;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    public static void Run(Report report)
    {
        double nanoseconds = Cost();
        (double perSecond, double microseconds) = ServeAsync().GetAwaiter().GetResult();
        report.Heading("Metrics");
        report.Note("A request's counters and histograms, and a batch's of one row: the most that a request can cost. Clients run in the same process, so a request's processor time has theirs in it.");
        report.Columns("what", "measured");
        report.Row("metrics of a request", string.Create(CultureInfo.InvariantCulture, $"{nanoseconds:F0} ns"));
        report.Row($"requests, {Clients} clients", string.Create(CultureInfo.InvariantCulture, $"{perSecond:N0}/s"));
        report.Row("processor time of a request, client included", string.Create(CultureInfo.InvariantCulture, $"{microseconds:F1} us"));
        report.Row("share of metrics", string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / microseconds / 10:F2} %"));
        report.End();
    }

    /// <summary>Median processor time to record one request, in ns, while an exporter listens.</summary>
    private static double Cost()
    {
        using var metrics = new ServingMetrics();
        using var export = new MetricsExport(metrics, new ServerOptions(), new ConfigurationBuilder().Build());
        var endpoint = new EndpointMetrics(metrics, "base", isCascade: false);
        endpoint.ShowZeros();
        long now = TimeProvider.System.GetTimestamp();
        var timings = new RequestTimings(now, now + 1_000, now + 2_000, now + 3_000, now + 400_000, now + 500_000);
        var rounds = new double[Rounds + 1];
        for (int round = 0; round < rounds.Length; round++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            for (int i = 0; i < Records; i++)
            {
                endpoint.CountTokens(20, 20);
                endpoint.RecordBatch(1, 20, TimeSpan.FromMilliseconds(1));
                endpoint.RecordAnswer(timings, TimeProvider.System);
                endpoint.Count(Outcome.Ok);
                endpoint.CountResponse(200);
            }

            rounds[round] = (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / Records;
        }

        return rounds[1..].Order().ElementAt(Rounds / 2);
    }

    /// <summary>Requests a second, and processor time of each in us.</summary>
    private static async Task<(double PerSecond, double Microseconds)> ServeAsync()
    {
        await using SoakHost host = await SoakHost.StartAsync("00:00:10", CancellationToken.None);
        using var client = new HttpClient { BaseAddress = host.Address };
        byte[] body = Encoding.UTF8.GetBytes("""{"premise": "a dog runs", "hypothesis": "an animal moves"}""");
        await SendAsync(TimeSpan.FromSeconds(1));
        TimeSpan before = Environment.CpuUsage.TotalTime;
        long requests = await SendAsync(Length);
        double processor = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds;
        await host.StopAsync();
        return (requests / Length.TotalSeconds, processor / requests);

        async Task<long> SendAsync(TimeSpan length)
        {
            long start = Stopwatch.GetTimestamp(), sent = 0;
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
            {
                while (Stopwatch.GetElapsedTime(start) < length)
                {
                    var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                    using HttpResponseMessage answer = await client.PostAsync("/endpoints/base/invoke", content);
                    answer.EnsureSuccessStatusCode();
                    Interlocked.Increment(ref sent);
                }
            })));
            return sent;
        }
    }
}
