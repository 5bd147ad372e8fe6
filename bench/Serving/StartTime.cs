using System.Diagnostics;
using System.Globalization;

namespace Endpoints.Bench.Serving;

/// <summary>How long after its start a server of a small model has answered its first question.</summary>
internal static class StartTime
{
    private const int Rounds = 9;

    public static async Task<Finding[]> RunAsync(Site site)
    {
        string folder = site.Model("tiny", Site.Tiny);
        var times = new double[Rounds];
        double resident = 0;
        for (int i = -1; i < Rounds; i++)
        {
            await using ServerProcess server = await (await ServerProcess.StartAsync(site, [$"base={folder}"])).ReadyAsync();
            using HttpResponseMessage answer = await server.PostAsync("base", """{"premise": "a dog runs", "hypothesis": "an animal moves"}""");
            answer.EnsureSuccessStatusCode();
            times[Math.Max(0, i)] = Stopwatch.GetElapsedTime(server.Started).TotalSeconds;
            resident = server.ResidentBytes;
        }

        Array.Sort(times);
        return
        [
            new("start", "first inference within 1 s of the start, with a small model", string.Create(
                CultureInfo.InvariantCulture, $"{times[Rounds / 2]:F2} s, {times[0]:F2} to {times[^1]:F2} s; {resident / 1e6:F0} MB resident ({site.Program})"), times[Rounds / 2] <= 1),
        ];
    }
}
