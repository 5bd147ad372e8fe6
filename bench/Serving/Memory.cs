using System.Globalization;
using Endpoints.Bert;

namespace Endpoints.Bench.Serving;

/// <summary>Criteria 12 and 15: what replacing an endpoint a hundred times leaves behind, and what sixteen sub-networks of BERT-base cost beside it.</summary>
internal static class Memory
{
    private const int Swaps = 100;
    private const int SubNetworks = 16;

    /// <summary>Replaces an endpoint by a checkpoint from disk, while it is asked.</summary>
    public static async Task<Finding[]> SwapsAsync(Site site)
    {
        string folder = site.Model("mini", Site.Mini);
        site.Model("other", Site.Mini);
        await using ServerProcess server = await (await ServerProcess.StartAsync(site, [$"base={folder}", $"swapped={folder}"], $"Endpoints:Server:ModelRoots:0={site.Models}")).ReadyAsync();
        using var stop = new CancellationTokenSource();
        long answered = 0, failed = 0;
        Task asking = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using HttpResponseMessage answer = await server.PostAsync("swapped", """{"premise": "a dog runs", "hypothesis": "an animal moves"}""");
                Interlocked.Increment(ref answer.IsSuccessStatusCode ? ref answered : ref failed);
            }
        })));

        // The first ones fill pools and caches that stay.
        double before = await SwapAsync(server, Swaps / 5), after = await SwapAsync(server, Swaps);
        await stop.CancelAsync();
        await asking;
        return
        [
            new("12 hot swap: requests", $"none of those during {Swaps * 6 / 5} replacements fails", string.Create(CultureInfo.InvariantCulture, $"{failed} of {answered + failed:N0}"), failed == 0 && answered > 0),
            new("12 hot swap: memory", "resident, at most 5 % more", string.Create(
                CultureInfo.InvariantCulture, $"{before / 1e6:F0} MB after {Swaps / 5} replacements, {after / 1e6:F0} MB after {Swaps} more (medians of the last ten)"), after <= 1.05 * before),
        ];
    }

    /// <summary>Adds sub-networks to a server of BERT-base, and asks each.</summary>
    public static async Task<Finding[]> FootprintAsync(Site site)
    {
        await using ServerProcess server = await (await ServerProcess.StartAsync(site, [$"base={site.Model("bert-base", BertConfig.Base(30_522, "entailment", "not_entailment"))}"])).ReadyAsync();
        await AskAsync(server, "base");
        double alone = await RestingAsync(server);
        for (int i = 0; i < SubNetworks; i++)
        {
            await server.PutAsync($"sub{i}", $$"""{"of": "base", "subNetwork": "small:l={{12 - (i % 8)}},h={{12 - (i % 6)}},u={{3072 - (64 * i)}}"}""");
            await AskAsync(server, $"sub{i}");
        }

        double all = await RestingAsync(server), allowed = (1.1 * alone) + (SubNetworks * 1e6);
        return
        [
            new("15 footprint", $"base and {SubNetworks} sub-networks resident: at most 1.1 x base and 1 MB for each", string.Create(
                CultureInfo.InvariantCulture, $"{all / 1e6:F0} MB, base alone {alone / 1e6:F0} MB, so {allowed / 1e6:F0} MB allowed"), all <= allowed),
        ];
    }

    private static async Task<double> SwapAsync(ServerProcess server, int count)
    {
        var resident = new List<long>();
        for (int i = 0; i < count; i++)
        {
            await server.PutAsync("swapped", $$"""{"checkpoint": "{{(i % 2 == 0 ? "other" : "mini")}}"}""");
            resident.Add(server.ResidentBytes);
        }

        return resident[^10..].Order().ElementAt(5);
    }

    private static async Task AskAsync(ServerProcess server, string endpoint)
    {
        for (int i = 0; i < 10; i++)
        {
            using HttpResponseMessage answer = await server.PostAsync(endpoint, Load.Body(pairs: 8, words: 20));
            answer.EnsureSuccessStatusCode();
        }
    }

    private static async Task<double> RestingAsync(ServerProcess server)
    {
        await Task.Delay(2_000);
        return server.ResidentBytes;
    }
}
