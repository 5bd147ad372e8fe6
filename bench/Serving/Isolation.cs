using System.Globalization;
using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Results;

namespace Endpoints.Bench.Serving;

/// <summary>Criterion 9: what an endpoint at five times its capacity does to another that uses a tenth of its share. Alone and beside take turns.</summary>
internal static class Isolation
{
    private const int Rounds = 4;
    private const double Times = 5;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(21);

    public static async Task<Finding[]> RunAsync(Site site)
    {
        string folder = site.Model("mini", Site.Mini);
        await using ServerProcess server = await (await ServerProcess.StartAsync(site, [$"quiet={folder}", $"loud={folder}#small:l=4,h=4,u=1023"])).ReadyAsync();
        double peak = await Load.PeakAsync(site, server, "loud");
        var alone = new LatencyHistogram();
        var beside = new LatencyHistogram();
        double loud = 0;
        for (int round = 0; round < Rounds; round++)
        {
            alone.Add(await QuietAsync(site, server, peak));
            Task<IReadOnlyList<StageResult>> overload = Load.RunAsync(site, server, "loud", TimeSpan.FromSeconds(1), LoadStage.Open(Times * peak, Length + TimeSpan.FromSeconds(2)));
            await Task.Delay(1_000);
            beside.Add(await QuietAsync(site, server, peak));
            loud += (await overload)[0].OkPerSecond / Rounds;
        }

        double ratio = (double)beside.Percentile(0.99) / alone.Percentile(0.99);
        return
        [
            new("9 isolation", "p99 below 2 x", string.Create(
                CultureInfo.InvariantCulture,
                $"{ratio:F2} x: {beside.Percentile(0.99) / 1e3:F1} ms beside, {alone.Percentile(0.99) / 1e3:F1} ms alone (p50 {beside.Percentile(0.5) / 1e3:F1} and {alone.Percentile(0.5) / 1e3:F1} ms; {alone.Count:N0} requests each); the other was offered {Times * peak:N0}/s and answered {loud:N0}/s of its {peak:N0}/s"), ratio < 2),
        ];
    }

    /// <summary>A tenth of half of what the lane does.</summary>
    private static async Task<LatencyHistogram> QuietAsync(Site site, ServerProcess server, double peak)
    {
        StageResult stage = (await Load.RunAsync(site, server, "quiet", TimeSpan.FromSeconds(1), LoadStage.Open(0.05 * peak, Length)))[0];
        return stage.Outcomes.Ok.Count == stage.Outcomes.Requests
            ? stage.Outcomes.Ok.Histogram!
            : throw new InvalidOperationException($"The quiet endpoint answered {stage.Outcomes.Ok.Count} of {stage.Outcomes.Requests} requests only.");
    }
}
