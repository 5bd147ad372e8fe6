using System.Globalization;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Results;

namespace Endpoints.Bench.Serving;

/// <summary>Criterion 6: requests come three times as fast as they can be answered, whether they are answered or not, for a minute.</summary>
internal static class Overload
{
    private const double Times = 3;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    public static async Task<Finding[]> RunAsync(Site site)
    {
        await using ServerProcess server = await (await ServerProcess.StartAsync(site, [$"base={site.Model("mini", Site.Mini)}"])).ReadyAsync();
        double peak = await Load.PeakAsync(site, server, "base");
        Task<IReadOnlyList<StageResult>> running = Load.RunAsync(
            site, server, "base", TimeSpan.FromSeconds(1), LoadStage.Open(Times * peak, Length), LoadStage.Open(0.3 * peak, TimeSpan.FromSeconds(4)));
        var resident = new List<long>();
        while (!running.IsCompleted && resident.Count < Length.TotalSeconds)
        {
            await Task.Delay(1_000);
            resident.Add(server.ResidentBytes);
        }

        IReadOnlyList<StageResult> stages = await running;
        StageResult over = stages[0], after = stages[1];
        double goodput = over.OkPerSecond / peak, ok = over.Outcomes.Ok.LatencyMs!.P99, refused = over.Outcomes.Throttled.LatencyMs?.P99 ?? 0;
        double early = Median(resident[5..15]), late = Median(resident[^10..]);
        string offered = string.Create(CultureInfo.InvariantCulture, $"{over.RequestsPerSecond:N0}/s offered for {Length.TotalSeconds:F0} s, the most answered before {peak:N0}/s{(over.Invalid is { } why ? $" ({why})" : "")}");
        return
        [
            new("6 overload: goodput", "at least 90 % of the peak", string.Create(CultureInfo.InvariantCulture, $"{100 * goodput:F0} %: {over.OkPerSecond:N0}/s; {offered}"), goodput >= 0.9),
            new("6 overload: accepted", "p99 within 200 ms: the promise of 100 ms and two batches of 50 ms", string.Create(CultureInfo.InvariantCulture, $"{ok:F0} ms"), ok <= 200),
            new("6 overload: turned away", "p99 below 10 ms", string.Create(CultureInfo.InvariantCulture, $"{refused:F1} ms, {over.Outcomes.Throttled.Count:N0} requests"), refused < 10),
            new("6 overload: memory", "flat: at most 5 % more in its last ten seconds than in its first", string.Create(CultureInfo.InvariantCulture, $"{early / 1e6:F0} MB and {late / 1e6:F0} MB"), late <= 1.05 * early),
            new("6 overload: nothing fails", "0", string.Create(CultureInfo.InvariantCulture, $"{over.Outcomes.Failed}"), over.Outcomes.Failed == 0),
            new("6 overload: one second later", "0.3 x peak: nothing turned away", string.Create(
                CultureInfo.InvariantCulture, $"{after.Outcomes.Throttled.Count} of {after.Outcomes.Requests:N0} turned away, p50 {after.Outcomes.Ok.LatencyMs!.P50:F1} ms"), after.Outcomes.Ok.Count == after.Outcomes.Requests),
        ];
    }

    private static double Median(List<long> values) => values.Order().ElementAt(values.Count / 2);
}
