using System.Collections.Concurrent;
using System.Globalization;

namespace Endpoints.Bench.Soak;

/// <summary>Hours in minutes: a real server under honest, leaving and hostile clients, which must end with flat memory, no failure and no request lost.</summary>
internal static class SoakRun
{
    public const string Usage = "soak [--minutes N], N above 0 (10 where it is not given)";

    // What caches that fill slowly may take.
    private const long Allowance = 2 << 20;

    /// <summary>Runs it.</summary>
    /// <returns>Null when the arguments are wrong, else whether all went well.</returns>
    public static bool? TryRun(string[] arguments) => HeapSamples.Length(arguments) is { } length ? RunAsync(length).GetAwaiter().GetResult() : null;

    private static async Task<bool> RunAsync(TimeSpan length)
    {
        var unhandled = new ConcurrentQueue<string>();
        TaskScheduler.UnobservedTaskException += (_, failure) => unhandled.Enqueue(failure.Exception.ToString());
        await using SoakHost host = await SoakHost.StartAsync("00:00:00.005", CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var traffic = new SoakTraffic(host.Address, stop.Token);
        Task running = traffic.RunAsync();

        var heaps = new HeapSamples(Allowance);
        var collected = new List<(TimeSpan From, TimeSpan To)>();
        const int samples = 10;
        Console.WriteLine("| time | heap after collection, MB | resident, MB | threads of the pool | answered | left | hostile |\n| --- | --- | --- | --- | --- | --- | --- |");
        for (int i = 1; i <= samples; i++)
        {
            await Task.Delay(length / samples);
            TimeSpan from = traffic.Running;
            long heap = heaps.Take();
            collected.Add((from, traffic.Running));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {length * i / samples:h\\:mm\\:ss} | {heap / 1e6:F1} | {Environment.WorkingSet / 1e6:F0} | {ThreadPool.ThreadCount} | {traffic.Answers.Values.Sum():N0} | {traffic.Cancelled:N0} | {traffic.Hostile:N0} |"));
        }

        await stop.CancelAsync();
        await running;
        string[] faults =
        [
            .. traffic.Faults, .. host.Errors.Lines.Select(line => $"logged: {line}"), .. await AccountAsync(traffic),
            .. (heaps.AreFlat ? (string[])[] : [$"the heap grew from {heaps.Before:N0} to {heaps.After:N0} bytes"]),
        ];
        await host.StopAsync();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        faults = [.. faults, .. unhandled.Select(failure => $"unobserved: {failure}")];
        Print(traffic, collected, faults);
        return faults.Length == 0;
    }

    /// <summary>What the server counted against what the clients did, once nothing is inside any more.</summary>
    private static async Task<List<string>> AccountAsync(SoakTraffic traffic)
    {
        Dictionary<string, double> samples = await traffic.ScrapeAsync();
        for (int i = 0; i < 1_000 && Sum(samples, "endpoints_queue_depth") + Sum(samples, "endpoints_in_flight") + Inside(samples) > 0; i++)
        {
            await Task.Delay(10);
            samples = await traffic.ScrapeAsync();
        }

        var faults = new List<string>();
        Compare("requests by outcome and by status", Sum(samples, "endpoints_requests_total"), Sum(samples, "endpoints_responses_total"));
        Compare("tokens computed and real", Sum(samples, "endpoints_computed_tokens_total"), Sum(samples, "endpoints_real_tokens_total"));
        Compare("rows in queues and lanes at the end", Sum(samples, "endpoints_queue_depth") + Sum(samples, "endpoints_in_flight"), 0);
        foreach (((string endpoint, int status), long count) in traffic.Answers)
        {
            Compare($"{endpoint}, status {status}: server and clients", samples[$$"""endpoints_responses_total{code="{{status}}",endpoint="{{endpoint}}"}"""], count);
        }

        return faults;

        void Compare(string what, double one, double other)
        {
            if (one != other)
            {
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{what}: {one} and {other}"));
            }
        }
    }

    // Counted when they end: while the two differ, some request is between the two counters.
    private static double Inside(Dictionary<string, double> samples) =>
        Math.Abs(Sum(samples, "endpoints_requests_total") - Sum(samples, "endpoints_responses_total"));

    private static double Sum(Dictionary<string, double> samples, string name) =>
        samples.Where(sample => sample.Key.StartsWith(name + "{", StringComparison.Ordinal)).Sum(sample => sample.Value);

    private static void Print(SoakTraffic traffic, List<(TimeSpan From, TimeSpan To)> collected, string[] faults)
    {
        // The first probe is the first request of all, for which code is compiled; and a heap that is collected as a whole, only to be measured, is no doing of the server's.
        Probe[] probes = [.. traffic.Probes.Skip(1).Where(probe => !probe.IsDuring(collected)).OrderByDescending(probe => probe.Took)];
        double Share(double share) => probes[(int)((1 - share) * (probes.Length - 1))].Took.TotalMilliseconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nhealth probes: {probes.Length:N0}, p50 {Share(0.5):F2} ms, p99 {Share(0.99):F2} ms, longest {Share(1):F1} ms; the first one {traffic.Probes[0].Took.TotalMilliseconds:F1} ms, "
            + $"the longest while the soak itself collected the heap {traffic.Probes.Where(probe => probe.IsDuring(collected)).Select(probe => probe.Took.TotalMilliseconds).DefaultIfEmpty().Max():F1} ms"));
        foreach (Probe probe in probes.Take(5))
        {
            Console.WriteLine($"  {probe}");
        }

        foreach (var entry in traffic.Answers.OrderBy(entry => entry.Key))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entry.Key.Endpoint}: {entry.Value:N0} answered {entry.Key.Status}"));
        }

        Console.WriteLine(faults.Length == 0 ? "Every request is accounted for, memory is flat, nothing failed." : $"{faults.Length} faults:");
        foreach (string fault in faults.OrderBy(fault => !fault.StartsWith("logged", StringComparison.Ordinal)).Take(20))
        {
            Console.WriteLine($"  {fault}");
        }
    }
}
