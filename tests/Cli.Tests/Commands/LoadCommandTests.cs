using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Endpoints.Tests;

namespace Endpoints.Cli.Tests.Commands;

/// <summary>Whole load tests, a few tenths of a second long, against a server that answers every request alike.</summary>
public sealed class LoadCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly AlikeServer _server = new();
    private readonly string _pairs;

    public LoadCommandTests()
    {
        _pairs = _folder.File("pairs.jsonl");
        File.WriteAllText(_pairs, """{"premise":"a","hypothesis":"b","label":"yes"}""");
    }

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Load_Validate_SendsNothing()
    {
        Cli.Run run = await Cli.RunAsync("load", "--target", _server.Url, "--pairs", _pairs, "--rate", "100..2000", "--stage", "6s", "--validate");

        Assert.Matches(@"^Valid: \S+ \(pairs\); 11 stages each, 1 pair, 1 with a label, about 0:01:06; writes runs/load\.$", run.Output.Trim());

        Cli.Run asJson = await Cli.RunAsync("load", "--target", $"base={_server.Url}", "--pairs", _pairs, "--rate", "100..2000", "--stage", "6s", "--validate", "--json");

        using var json = JsonDocument.Parse(asJson.Output);
        Assert.Equal(("base", "pairs", 11, 66.0), (
            json.RootElement.GetProperty("targets")[0].GetProperty("name").GetString(), json.RootElement.GetProperty("targets")[0].GetProperty("protocol").GetString(),
            json.RootElement.GetProperty("stages").GetInt32(), json.RootElement.GetProperty("seconds").GetDouble()));
        Assert.Equal((0, 0, 0), (run.Code, asJson.Code, _server.Requests));
    }

    [Fact]
    public async Task Load_ScenarioWithFailingCheck_Ends99AndPlansAndMerges()
    {
        string scenario = _folder.File("scenario.json"), first = _folder.File("first"), second = _folder.File("second"), all = _folder.File("all");
        await File.WriteAllTextAsync(scenario, $$"""
            {"targets": [{"name": "base", "url": "{{_server.Url}}", "apiKey": "env:KEY"}], "pairs": {{JsonSerializer.Serialize(_pairs)}}, "users": "1,2", "stage": "400ms", "failOn": ["p50>0ms"]}
            """);
        var variables = new Dictionary<string, string> { ["KEY"] = "a-secret-of-ours" };

        Cli.Run failed = await Cli.WithVariablesAsync(variables, "load", "--scenario", scenario, "--out", first);
        Cli.Run again = await Cli.WithVariablesAsync(variables, "load", "--scenario", scenario, "--out", second);
        Cli.Run merged = await Cli.RunAsync("load", "merge", first, second, "--out", all);
        Assert.True(merged.Code == 99, merged.Error);
        await TrustEveryStageAsync(Path.Combine(all, "result.json"));
        Cli.Run plan = await Cli.RunAsync("plan", all, "--rate", "1000000", "--price", "1.5", "--min-accuracy", "0.9", "--json");

        Assert.True(plan.Code == 0, plan.Error);
        Assert.Equal((99, 99, 99, 0), (failed.Code, again.Code, merged.Code, plan.Code));
        Assert.Matches("FAILED: base at [12] users?: p50>0ms", failed.Output);
        Assert.Contains("Authorization: Bearer a-secret-of-ours", _server.LastHead, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(first), file => Assert.DoesNotContain("a-secret-of-ours", File.ReadAllText(file), StringComparison.Ordinal));
        using var json = JsonDocument.Parse(plan.Output);
        Assert.Equal("base", json.RootElement.GetProperty("parts")[0].GetProperty("endpoint").GetString());
        Assert.True(json.RootElement.GetProperty("machines").GetInt32() >= 1);
    }

    [Fact]
    public async Task Load_WorkersOfAYamlScenario_MergeIntoTheWholeLoad()
    {
        string scenario = _folder.File("scenario.yaml"), all = _folder.File("all");
        await File.WriteAllTextAsync(scenario, $"""
            targets:
              - name: base
                url: {_server.Url}
            pairs: {_pairs}
            users: 3
            stage: 400ms
            failOn: [p50>0ms]
            log: {_folder.File("log.csv")}
            out: {all}
            """);

        Cli.Run[] runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(i =>
            Cli.WithVariablesAsync(new() { ["JOB_COMPLETION_INDEX"] = $"{i}" }, "load", "--scenario", scenario, "--worker", "/2", "--start-at", "2000-01-01T00:00:00Z")));
        Assert.All(runs, run => Assert.Contains("passed", run.Error, StringComparison.Ordinal));
        runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(i =>
            Cli.WithVariablesAsync(new() { ["JOB_COMPLETION_INDEX"] = $"{i}" }, "load", "--scenario", scenario, "--worker", "/2")));
        Cli.Run merged = await Cli.RunAsync("load", "merge", all, "--out", all);

        Assert.All(runs, run => Assert.True(run.Code == 0, run.Error));
        Assert.Equal(99, merged.Code);
        JsonNode result = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(all, "result.json")))!;
        JsonNode target = result["targets"]![0]!;
        Assert.Equal((2, 3, "1"), ((int)result["settings"]!["testers"]!, (int)target["stages"]![0]!["users"]!, (string)target["firstAnswers"]!));
        long sent = (long)target["whole"]!["requests"]!;
        Assert.Equal(sent, Enumerable.Range(0, 2).Sum(i => File.ReadLines(_folder.File($"log.worker-{i}.csv")).Count() - 1));
        // One probe of each worker is in no figure.
        Assert.Equal(_server.Requests - 2, sent);
    }

    [Fact]
    public async Task Load_WriteReference_AsksEveryPairOnceAndChecksByIt()
    {
        string reference = _folder.File("reference.jsonl");
        string[] common = ["load", "--target", $"base={_server.Url}", "--pairs", _pairs, "--scores-field", "score", "--users", "1", "--stage", "300ms"];

        Cli.Run written = await Cli.RunAsync([.. common, "--write-reference", reference]);
        Cli.Run checkedRun = await Cli.RunAsync([.. common, "--reference", $"base={reference}", "--fail-on", "wrong>0%", "--out", _folder.File("run")]);
        await File.WriteAllTextAsync(reference, """{"scores":[0.5]}""");
        Cli.Run failed = await Cli.RunAsync([.. common, "--reference", reference, "--fail-on", "wrong>0%", "--out", _folder.File("run")]);
        Cli.Run unknown = await Cli.RunAsync([.. common, "--reference", $"other={reference}"]);

        Assert.Equal((0, $"Wrote the scores of 1 answers of base to {reference}."), (written.Code, written.Output.Trim()));
        Assert.True(checkedRun.Code is 0 or 110, checkedRun.Error + checkedRun.Output);
        Assert.Equal(99, failed.Code);
        Assert.Contains("100 % of base's answers have a score further from the reference than 0.001, the furthest by 0.25", failed.Output, StringComparison.Ordinal);
        Assert.Contains("there is no --target named other", unknown.Error, StringComparison.Ordinal);
    }

    /// <summary>Server and tester share this process: on a busy machine the tester may well say that it was the bottleneck, and the plan would leave such stages out.</summary>
    private static async Task TrustEveryStageAsync(string file)
    {
        JsonNode result = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        foreach (JsonNode? stage in result["targets"]!.AsArray().SelectMany(target => target!["stages"]!.AsArray()))
        {
            stage!.AsObject().Remove("invalid");
        }

        await File.WriteAllTextAsync(file, result.ToJsonString());
    }

    [Theory]
    [InlineData("load --pairs x", "x is not a pairs file")]
    [InlineData("load --target http://h/ --pairs x.tsv --users 5 --rate 5", "both users and a rate")]
    [InlineData("load --target http://h/ --pairs x.tsv --slo p95", "'p95' is not a condition")]
    [InlineData("load --scenario /nowhere.json", "/nowhere.json cannot be read")]
    [InlineData("load merge /nowhere --out x", "/nowhere")]
    [InlineData("load --target base=http://h/ --pairs PAIRS --fail-on nobody:p95>1ms", "'nobody:p95>1ms' is about nobody, which is no target here: the targets are base.")]
    [InlineData("plan /nowhere --rate 5 --price 1", "/nowhere")]
    public async Task Load_Mistake_IsOneSentence(string arguments, string expected)
    {
        Cli.Run run = await Cli.RunAsync(arguments.Replace("PAIRS", _pairs, StringComparison.Ordinal).Split(' '));

        Assert.Equal(1, run.Code);
        Assert.Contains(expected, Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    /// <summary>Answers every POST with the same label, and everything else with 404.</summary>
    private sealed class AlikeServer : IDisposable
    {
        private static readonly byte[] Answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{\"label\":\"yes\",\"score\":0.75}");
        private static readonly byte[] NotFound = Encoding.ASCII.GetBytes("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}");
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private int _requests;

        public AlikeServer()
        {
            _listener.Start();
            _ = AcceptAsync();
        }

        public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/endpoints/base/invoke";

        public int Requests => Volatile.Read(ref _requests);

        public string LastHead { get; private set; } = "";

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    Socket socket = await _listener.AcceptSocketAsync();
                    _ = ServeAsync(socket);
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(Socket socket)
        {
            using (socket)
            {
                try
                {
                    // A client of one connection sends one small request at a time, so that each is one read or two; its body ends with a brace.
                    var buffer = new byte[64 * 1024];
                    int length = 0;
                    while (await socket.ReceiveAsync(buffer.AsMemory(length)) is > 0 and int read)
                    {
                        length += read;
                        string text = Encoding.ASCII.GetString(buffer, 0, length);
                        bool posted = text.StartsWith("POST", StringComparison.Ordinal);
                        if (posted ? text.EndsWith('}') : text.EndsWith("\r\n\r\n", StringComparison.Ordinal))
                        {
                            Interlocked.Add(ref _requests, posted ? 1 : 0);
                            LastHead = posted ? text : LastHead;
                            length = 0;
                            await socket.SendAsync(posted ? Answer : NotFound);
                        }
                    }
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
                {
                    // The client has gone.
                }
            }
        }
    }
}
