using System.Diagnostics;
using System.Globalization;
using Endpoints.Bert;

namespace Endpoints.Bench.Serving;

/// <summary>Criteria 12 and 15: what replacing an endpoint a hundred times leaves behind, and what sixteen sub-networks of BERT-base cost beside it.</summary>
internal static class Memory
{
    private const int Swaps = 100;

    /// <summary>Replacements that fill pools and caches that stay.</summary>
    private const int Before = Swaps / 5;
    private const int SubNetworks = 16;

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(20);

    /// <summary>Replaces an endpoint by a checkpoint from disk, while it is asked; and asks one as long that is not replaced.</summary>
    public static async Task<Finding[]> SwapsAsync(Site site)
    {
        site.Model("other", Site.Mini);
        Asked replaced = await AskAsync(site, SwapAsync);
        Asked left = await AskAsync(site, (_, round) => Task.Delay(replaced.Rounds[round]));
        return
        [
            new("12 hot swap: requests", $"none of those during {Before + Swaps} replacements fails", string.Create(CultureInfo.InvariantCulture, $"{replaced.Failed} of {replaced.Answered + replaced.Failed:N0}"), replaced.Failed == 0 && replaced.Answered > 0),
            new("12 hot swap: memory", "resident, at most 5 % more", string.Create(
                CultureInfo.InvariantCulture,
                $"{replaced.Before / 1e6:F1} MB after {Before} replacements, {replaced.After / 1e6:F1} MB after {Swaps} more; asked as long without any: {left.Before / 1e6:F1} and {left.After / 1e6:F1} MB (medians of ten)"), replaced.After <= 1.05 * replaced.Before),
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

    /// <summary>Has two clients ask a server until its memory no longer grows with them, and measures it a fifth of the way through the rounds and at their end.</summary>
    private static async Task<Asked> AskAsync(Site site, Func<ServerProcess, int, Task> round)
    {
        string folder = site.Model("mini", Site.Mini);
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

        // Requests alone make it grow for a while: code is compiled and recompiled, heaps take their size.
        await Task.Delay(Settling);
        var resident = new List<long>();
        var rounds = new List<TimeSpan>();
        for (int i = 0; i < Before + Swaps; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await round(server, i);
            rounds.Add(Stopwatch.GetElapsedTime(start));
            resident.Add(server.ResidentBytes);
        }

        await stop.CancelAsync();
        await asking;
        return new Asked(answered, failed, Median(resident[(Before - 10)..Before]), Median(resident[^10..]), rounds);
    }

    private static Task SwapAsync(ServerProcess server, int round) =>
        server.PutAsync("swapped", $$"""{"checkpoint": "{{(round % 2 == 0 ? "other" : "mini")}}"}""");

    private static double Median(List<long> ten) => ten.Order().ElementAt(5);

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

    /// <summary>What came of asking a server for some rounds.</summary>
    /// <param name="Answered">Requests that were.</param>
    /// <param name="Failed">Requests that were not.</param>
    /// <param name="Before">Bytes resident when its pools had filled.</param>
    /// <param name="After">Bytes resident at the end.</param>
    /// <param name="Rounds">How long each round took.</param>
    private sealed record Asked(long Answered, long Failed, double Before, double After, IReadOnlyList<TimeSpan> Rounds);
}
