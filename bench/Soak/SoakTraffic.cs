using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Endpoints.Serving.Tests.Fuzz;

namespace Endpoints.Bench.Soak;

/// <summary>The clients of a soak: honest ones whose answers are counted, ones that leave, hostile ones, and probes that are timed.</summary>
internal sealed class SoakTraffic(Uri address, CancellationToken stop)
{
    private static readonly string[] Words = ["a", "dog", "runs", "on", "the", "beach", "poodles", "sleep", "nobody", "moves", "unhappily", "caf\u00e9", "\U0001F600", "antidisestablishment"];
    private static readonly string[] Counted = ["base", "pruned"];

    private static readonly byte[][] Known = [.. HostileCorpus.Fixed.Select(entry => entry.Request)];

    private readonly HttpClient _client = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _cancelled;
    private long _hostile;

    /// <summary>Answers to honest requests, by endpoint and status.</summary>
    public ConcurrentDictionary<(string Endpoint, int Status), long> Answers { get; } = [];

    /// <summary>What went wrong, as the clients saw it.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>Health probes. One task writes.</summary>
    public List<Probe> Probes { get; } = [];

    /// <summary>Time since the start.</summary>
    public TimeSpan Running => Stopwatch.GetElapsedTime(_started);

    public long Cancelled => Interlocked.Read(ref _cancelled);

    public long Hostile => Interlocked.Read(ref _hostile);

    /// <summary>Runs them all until told to stop; every request that was begun is ended.</summary>
    public Task RunAsync() => Task.WhenAll(
    [
        .. Enumerable.Range(0, 6).Select(i => Task.Run(() => RepeatAsync(new Random(i), HonestAsync))),
        .. Enumerable.Range(10, 2).Select(i => Task.Run(() => RepeatAsync(new Random(i), LeaveAsync))),
        .. Enumerable.Range(20, 2).Select(i => Task.Run(() => RepeatAsync(new Random(i), AttackAsync))),
        Task.Run(() => RepeatAsync(new Random(30), ProbeAsync)),
    ]);

    /// <summary>The samples of <c>/metrics</c>.</summary>
    public async Task<Dictionary<string, double>> ScrapeAsync() => (await _client.GetStringAsync("/metrics", CancellationToken.None)).Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => line.EndsWith("+Inf", StringComparison.Ordinal)
            ? double.PositiveInfinity : double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

    private async Task RepeatAsync(Random random, Func<Random, Task> once)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await once(random);
            }
            catch (Exception exception)
            {
                Faults.Enqueue($"{once.Method.Name}: {exception.Message}");
            }
        }
    }

    private async Task HonestAsync(Random random)
    {
        string endpoint = Counted[random.Next(Counted.Length)];
        using HttpResponseMessage answer = await _client.PostAsync($"/endpoints/{endpoint}/invoke", Body(random), CancellationToken.None);
        await answer.Content.ReadAsByteArrayAsync(CancellationToken.None);
        int status = (int)answer.StatusCode;
        Answers.AddOrUpdate((endpoint, status), 1, (_, count) => count + 1);
        if (status is not (200 or 400 or 429))
        {
            Faults.Enqueue($"an honest request got {status}");
        }
    }

    private async Task LeaveAsync(Random random)
    {
        using var leave = new CancellationTokenSource(TimeSpan.FromMicroseconds(random.Next(5_000)));
        try
        {
            (await _client.PostAsync("/endpoints/target/invoke", Body(random), leave.Token)).Dispose();
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
        }
    }

    private async Task AttackAsync(Random random)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        foreach (byte[] request in Known.Concat(Enumerable.Range(0, 200).Select(_ => HostileCorpus.Mutated(random))))
        {
            if (stop.IsCancellationRequested)
            {
                return;
            }

            string answer = await HostileClient.SendAsync(address, request, patience.Token);
            Interlocked.Increment(ref _hostile);
            patience.CancelAfter(TimeSpan.FromSeconds(30));
            if (HostileClient.Fault(answer) is { } fault)
            {
                Faults.Enqueue($"the answer to a hostile request {fault}: {answer[..Math.Min(300, answer.Length)]}");
            }
        }
    }

    private async Task ProbeAsync(Random random)
    {
        long start = Stopwatch.GetTimestamp(), waiting = ThreadPool.PendingWorkItemCount;
        (TimeSpan pauses, int collections) = (GC.GetTotalPauseDuration(), GC.CollectionCount(2));
        using HttpResponseMessage answer = await _client.GetAsync(random.Next(2) == 0 ? "/health/live" : "/health/ready", CancellationToken.None);
        Probes.Add(new Probe(
            Stopwatch.GetElapsedTime(_started, start), Stopwatch.GetElapsedTime(start), GC.GetTotalPauseDuration() - pauses, GC.CollectionCount(2) - collections, ThreadPool.ThreadCount, waiting));
        if (!answer.IsSuccessStatusCode)
        {
            Faults.Enqueue($"a probe got {(int)answer.StatusCode}");
        }

        await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
    }

    private static ByteArrayContent Body(Random random)
    {
        string json = random.Next(20) switch
        {
            0 => """{"premise": "a dog runs"}""",
            < 5 => $$"""{"pairs": [{{string.Join(',', Enumerable.Range(0, random.Next(1, 9)).Select(_ => $$"""{"premise": "{{Text(random)}}", "hypothesis": "{{Text(random)}}"}"""))}}]}""",
            _ => $$"""{"premise": "{{Text(random)}}", "hypothesis": "{{Text(random)}}"}""",
        };
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static string Text(Random random) => string.Join(' ', Enumerable.Range(0, random.Next(1, 40)).Select(_ => Words[random.Next(Words.Length)]));
}
