using System.Diagnostics;
using System.Globalization;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Tests.Support;
using Endpoints.Tests;

namespace Endpoints.LoadTest.Tests.Output;

/// <summary>Locust itself beside this tester: the same server, the same users, and one parser for the files of both.</summary>
public sealed class LocustTests : IDisposable
{
    private const int Users = 4;
    private const int Seconds = 8;

    private const string LocustFile = """
        from locust import HttpUser, constant, task

        class Pairs(HttpUser):
            wait_time = constant(0)

            @task
            def ask(self):
                self.client.post("/endpoints/base/invoke?a=1", json={"premise": "a", "hypothesis": "b"})
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [LocustFact]
    public async Task Figures_SameServerAndUsers_AgreeWithinFivePercent()
    {
        // Long enough that what each client adds of its own is far below 5 %.
        const string body = """{"label":"entailment"}""";
        using var server = new CannedServer(_ => Canned.Of($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"))
        {
            Delay = TimeSpan.FromMilliseconds(300),
        };
        await File.WriteAllTextAsync(_folder.File("locustfile.py"), LocustFile);

        // Side by side, so that other work on the machine slows both; it may still hit one alone, so up to three times.
        string? difference = null;
        for (int round = 0; round < 3 && (round == 0 || difference is not null); round++)
        {
            await Task.WhenAll(
                RunLocustAsync(server.Url),
                LoadTester.RunAsync(
                    new LoadTestOptions { Profile = new LoadProfile([new LoadStage(Users, TimeSpan.FromSeconds(Seconds))]), ReadsMetrics = false },
                    [new LoadTarget("ours", server.Url)], [new LoadPair("a", "b")], _folder.Path, new RecordingProgress(), TimeProvider.System, default));
            difference = Difference();
        }

        Assert.Null(difference);
        foreach (string file in (string[])["stats", "stats_history", "failures", "exceptions"])
        {
            // Ours are the newest Locust's; before 2.44 its failures had no first and last time.
            string[] theirs = Rows("locust", file)[0], ours = Rows("ours", file)[0];
            Assert.Equal(theirs, ours[..theirs.Length]);
            Assert.True(theirs.Length == ours.Length || (file, string.Join(',', ours[theirs.Length..])) == ("failures", "First Seen,Last Seen"));
        }
    }

    /// <summary>The first figure in which the two differ by more than 5 %; null when they agree.</summary>
    private string? Difference()
    {
        Dictionary<string, string> theirs = Aggregated("locust"), ours = Aggregated("ours");
        Assert.Equal(("0", "0"), (ours["Failure Count"], theirs["Failure Count"]));

        // Not the number of requests: Locust's time to start counts in its time to run. Nor the tail: that of Python on a busy machine is its own.
        string[] figures = ["Median Response Time", "Average Response Time", "Requests/s", "Average Content Size", "50%", "75%"];
        return figures.Where(figure => !(Math.Abs((Number(ours[figure]) / Number(theirs[figure])) - 1) <= 0.05))
            .Select(figure => $"{figure}: {ours[figure]} beside Locust's {theirs[figure]}").FirstOrDefault();

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    private async Task RunLocustAsync(Uri url)
    {
        using Process locust = Process.Start(new ProcessStartInfo("locust", [
            "-f", _folder.File("locustfile.py"), "--headless", "--host", $"http://{url.Authority}", "-u", $"{Users}", "-r", $"{Users}", "-t", $"{Seconds}s",
            "--csv", _folder.File("locust"), "--only-summary"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        Task<string> output = locust.StandardOutput.ReadToEndAsync();
        string error = await locust.StandardError.ReadToEndAsync();
        await locust.WaitForExitAsync();
        Assert.True(locust.ExitCode == 0, $"{error}{await output}");
    }

    private Dictionary<string, string> Aggregated(string name)
    {
        string[][] rows = Rows(name, "stats");
        return rows[0].Zip(rows.Single(row => row[1] == "Aggregated")).ToDictionary(cell => cell.First, cell => cell.Second);
    }

    private string[][] Rows(string name, string file) =>
        [.. File.ReadLines(_folder.File($"{name}_{file}.csv")).Where(line => line.Length > 0).Select(line => line.Split(','))];

    /// <summary>Runs where Locust is installed.</summary>
    private sealed class LocustFactAttribute : FactAttribute
    {
        public LocustFactAttribute() => Skip =
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "locust")))
                ? null
                : "locust is not there: apt-get install python3-locust, or pip install locust";
    }
}
