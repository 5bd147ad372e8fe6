using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Endpoints.LoadTest;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.Results;

namespace Endpoints.Bench.Tester;

/// <summary>Those who put load on the trivial server, each alone in a process: the load tester, .NET's HTTP client, and bare sockets.</summary>
internal static class TesterRoles
{
    public const int Connections = 64;
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly LoadPair Pair = new(
        "Four boys are about to be hit by an approaching wave, and all of them laugh at the sight of it.", "The boys see a wave that comes towards them.", "entailment");

    private static readonly byte[] Body = Encoding.UTF8.GetBytes($$"""{"premise":"{{Pair.Premise}}","hypothesis":"{{Pair.Hypothesis}}"}""");

    /// <summary>Runs a role and prints requests a second and processor time of each in µs.</summary>
    public static async Task RunAsync(string role, int port, double seconds)
    {
        (double perSecond, double microseconds) = role switch
        {
            "tester" => await TestAsync(port, TimeSpan.FromSeconds(seconds)),
            "http" => await MeasureAsync(seconds, AskOverHttpAsync),
            "sockets" => await MeasureAsync(seconds, AskOverSocketAsync),
            _ => throw new ArgumentException($"'{role}' is no role.", nameof(role)),
        };
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{perSecond} {microseconds}"));

        async Task AskOverHttpAsync(Func<bool> goesOn)
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null });
            var url = new Uri($"http://127.0.0.1:{port}/endpoints/base/invoke");
            while (goesOn())
            {
                using var content = new ByteArrayContent(Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                using HttpResponseMessage answer = await http.PostAsync(url, content);
                await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
            }
        }

        async Task AskOverSocketAsync(Func<bool> goesOn)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            byte[] request = [.. Encoding.ASCII.GetBytes($"POST /endpoints/base/invoke HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n"), .. Body];
            byte[] answer = new byte[LoopbackServer.Answer.Length];
            while (goesOn())
            {
                await socket.SendAsync(request);
                for (int received = 0; received < answer.Length;)
                {
                    int read = await socket.ReceiveAsync(answer.AsMemory(received));
                    received += read > 0 ? read : throw new IOException("the server has closed the connection");
                }
            }
        }
    }

    /// <summary>The load tester as it is used: whole runs, with all that they count, check and write.</summary>
    public static async Task<(double PerSecond, double Microseconds)> TestAsync(int port, TimeSpan length)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var options = new LoadTestOptions { Profile = new LoadProfile([new LoadStage(Connections, WarmUp + length)]), WarmUpShare = WarmUp / (WarmUp + length), WarmUpLimit = WarmUp, ReadsMetrics = false };
            LoadTestResult result = await LoadTester.RunAsync(
                options, [LoadTarget.Parse($"trivial=http://127.0.0.1:{port}/endpoints/base/invoke")], [Pair], folder, new Silent(), TimeProvider.System, CancellationToken.None);
            StageResult stage = result.Targets[0].Stages[0];
            return stage.Outcomes.Requests == stage.Accuracy.Correct
                ? (stage.OkPerSecond, stage.CpuShare * Environment.ProcessorCount / stage.OkPerSecond * 1e6)
                : throw new InvalidOperationException($"{stage.Outcomes.Requests} requests, but {stage.Accuracy.Correct} right answers.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Users in a closed loop; counts what the asking of one of them makes when it asks whether to go on.</summary>
    private static async Task<(double PerSecond, double Microseconds)> MeasureAsync(double seconds, Func<Func<bool>, Task> askAsync)
    {
        long asked = 0;
        bool over = false;
        Task[] users = [.. Enumerable.Range(0, Connections).Select(_ => Task.Run(() => askAsync(() =>
        {
            Interlocked.Increment(ref asked);
            return !Volatile.Read(ref over);
        })))];
        await Task.Delay(WarmUp);
        long before = Volatile.Read(ref asked), start = Stopwatch.GetTimestamp();
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        long requests = Volatile.Read(ref asked) - before;
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        Volatile.Write(ref over, true);
        await Task.WhenAll(users);
        return (requests / took.TotalSeconds, cpu.TotalMicroseconds / requests);
    }

    private sealed class Silent : ILoadTestProgress
    {
        public void Started(LoadTestSettings settings, IReadOnlyList<LoadTarget> targets)
        {
        }

        public void Running(LiveFigures figures)
        {
        }

        public void StageEnded(string target, StageResult stage)
        {
        }

        public void Ended(LoadTestResult result)
        {
        }
    }
}
