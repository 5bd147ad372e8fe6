using System.Text;
using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Profiles;
using Endpoints.LoadTest.Scenarios;
using Endpoints.Tests;

namespace Endpoints.LoadTest.Tests.Scenarios;

public sealed class LoadScenarioTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _pairs;

    public LoadScenarioTests()
    {
        _pairs = _folder.File("pairs.jsonl");
        File.WriteAllText(_pairs, """{"premise":"a","hypothesis":"b","label":"x"}""");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Plan_File_IsTheLoadTest()
    {
        string path = _folder.File("scenario.json");
        File.WriteAllText(path, $$"""
            {
              // Comments are allowed.
              "targets": [
                { "name": "base", "url": "http://h/v2/models/base/infer", "headers": ["X-Trace: on"] },
                { "url": "http://h/endpoints/pruned/invoke", "protocol": "tei", "apiKey": "env:OTHER" },
              ],
              "pairs": "{{_pairs}}", "rate": "100->200,300", "stage": "5s", "arrivals": "poisson", "connections": 7, "windows": 9, "retries": 2,
              "find": "slo", "slo": ["p95<200ms, throttled<1%"], "failOn": ["p99>1s"], "abortEarly": true, "timeout": "2s",
              "apiKey": "env:KEY", "price": 1.25, "seed": 4, "out": "x"
            }
            """);

        PlannedLoadTest plan = LoadScenario.Read(path).Plan(name => name == "KEY" ? "secret-1" : "secret-2");

        Assert.Equal([150.0, 300], plan.Options.Profile.Stages.Select(stage => stage.Level));
        Assert.Equal((Arrivals.Poisson, Find.Slo, 7, 9, 2, 4), (plan.Options.Arrivals, plan.Options.Find, plan.Options.MaxConnections, plan.Options.MaxWindows, plan.Options.Retries, plan.Options.Seed));
        Assert.Equal(["p95<200ms", "throttled<1%"], plan.Options.Slo.Select(condition => condition.ToString()));
        Assert.Equal((true, 1.25, TimeSpan.FromSeconds(2), "x"), (plan.Options.AbortEarly, plan.Options.PricePerHour, plan.Options.Timeout, plan.Folder));
        Assert.Equal(["base", "pruned"], plan.Targets.Select(target => target.Name));
        Assert.Equal(["v2", "tei"], plan.Targets.Select(target => target.Form.Name));
        Assert.Equal([new("X-Trace", "on"), new("Authorization", "Bearer secret-1")], plan.Targets[0].Connection.Headers);
        Assert.Equal([new("Authorization", "Bearer secret-2")], plan.Targets[1].Connection.Headers);
        Assert.DoesNotContain("secret", plan.Targets[0].ToString(), StringComparison.Ordinal);
        Assert.Single(plan.Pairs);
    }

    [Fact]
    public void Read_Yaml_IsTheSameAsJson()
    {
        string yaml = _folder.File("scenario.yaml"), json = _folder.File("scenario.json");
        File.WriteAllText(yaml, """
            # A comment.
            targets:
              - name: base
                url: http://h/v2/models/base/infer
                headers: ["X-Trace: on", 'X-One: 1']
              - {url: http://h/endpoints/pruned/invoke, protocol: tei}
            pairs: dev.tsv
            users: 5
            stage: 10s
            think: ~
            windows: 9
            price: .5
            slo:
              - p95<200ms
              - "throttled<1%"
            abortEarly: true
            seed: 4
            out: >-
              runs/a
              b
            """);
        File.WriteAllText(json, """
            {"targets": [{"name": "base", "url": "http://h/v2/models/base/infer", "headers": ["X-Trace: on", "X-One: 1"]}, {"url": "http://h/endpoints/pruned/invoke", "protocol": "tei"}],
             "pairs": "dev.tsv", "users": "5", "stage": "10s", "windows": 9, "price": 0.5, "slo": ["p95<200ms", "throttled<1%"], "abortEarly": true, "seed": 4, "out": "runs/a b"}
            """);

        LoadScenario one = LoadScenario.Read(yaml), other = LoadScenario.Read(json);

        Assert.Equivalent(other, one, strict: true);
        Assert.Equal((0.5, 4, true, "5"), (one.Price, one.Seed, one.AbortEarly, one.Users));
    }

    [Theory]
    [InlineData("users: 5\nuser: 6\n", "line 2, is no scenario: The JSON property 'user' could not be mapped")]
    [InlineData("users: 5\n\nwindows: many\n", "line 3, is no scenario: The JSON value could not be converted")]
    [InlineData("slo: p95<1s\n", "($.slo)")]
    [InlineData("users: 5\nusers: 6\n", "line 2, is no scenario: Duplicate property 'users'")]
    [InlineData("users: [1\npairs: x\n", "line 1, is no scenario: it is not YAML")]
    [InlineData("users: &a 5\nrate: *a\n", "line 1 has an anchor, an alias or a tag")]
    [InlineData("users: 5\n---\nusers: 6\n", "line 2 has a second document")]
    [InlineData("? [a]\n: 5\n", "line 1 has a name that is not text")]
    [InlineData("", "found nothing")]
    [InlineData("just text\n", "line 1, is no scenario")]
    public void Read_OtherYaml_SaysWhichLine(string yaml, string expected)
    {
        string path = _folder.File("scenario.yml");
        File.WriteAllText(path, yaml);

        string message = Assert.Throws<LoadTestException>(() => LoadScenario.Read(path)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith(path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_JsonError_SaysWhichLine()
    {
        string path = _folder.File("scenario.json");
        File.WriteAllText(path, "{\n\n  \"users\": 5\n}");

        Assert.Contains("line 3, is no scenario", Assert.Throws<LoadTestException>(() => LoadScenario.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Over_Flags_WinOverTheFile()
    {
        var file = new LoadScenario { Users = "5..50", Step = 5, Stage = "10s", Seed = 3, Slo = ["p95<1s"] };
        LoadScenario both = new LoadScenario { Rate = "100", Seed = 4 }.Over(file);

        Assert.Equal((null, "100", null, "10s", 4), (both.Users, both.Rate, both.Step, both.Stage, both.Seed));
        Assert.Same(file.Slo, both.Slo);
    }

    [Theory]
    [InlineData("""{"user": "5"}""", "is no scenario")]
    [InlineData("""{"users": 5}""", "$.users")]
    [InlineData("[]", "is no scenario")]
    [InlineData("null", "expected a JSON object")]
    [InlineData("{", "is no scenario")]
    public void Read_OtherFile_SaysWhere(string json, string expected)
    {
        string path = _folder.File("scenario.json");
        File.WriteAllText(path, json);

        string message = Assert.Throws<LoadTestException>(() => LoadScenario.Read(path)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_Mistakes_SayWhatToDo()
    {
        var good = new LoadScenario { Targets = [new ScenarioTarget { Url = "http://h/endpoints/base/invoke" }], Pairs = _pairs };
        Assert.Equal(10, good.Plan(_ => null).Options.Profile.Stages.Count);

        Assert.Contains("no target", Error(good with { Targets = null }), StringComparison.Ordinal);
        Assert.Contains("no pairs", Error(good with { Pairs = null }), StringComparison.Ordinal);
        Assert.Contains("both users and a rate", Error(good with { Users = "5", Rate = "5" }), StringComparison.Ordinal);
        Assert.Contains("'often' is not a choice of arrivals: expected constant or poisson", Error(good with { Arrivals = "often" }), StringComparison.Ordinal);
        Assert.Contains("'1' is not a choice of find", Error(good with { Find = "1" }), StringComparison.Ordinal);
        Assert.Contains("no promise to find", Error(good with { Find = "slo" }), StringComparison.Ordinal);
        Assert.Contains("'rest' is not a protocol: expected pairs, sagemaker, v2, tei", Error(good with { Protocol = "rest" }), StringComparison.Ordinal);
        Assert.Contains("the environment variable KEY, which is not set", Error(good with { ApiKey = "env:KEY" }), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Error(good with { ApiKey = "file:" + _folder.File("none") }), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Error(good with { Ca = _folder.File("none.pem") }), StringComparison.Ordinal);
        Assert.Contains("holds a name or password", Error(good with { Targets = [new ScenarioTarget { Url = "http://me:hunter2@h/" }] }), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", Error(good with { Targets = [new ScenarioTarget { Url = "http://me:hunter2@h/" }] }), StringComparison.Ordinal);

        string plain = Error(good with { ApiKey = "hunter2" });
        Assert.Contains("expected env:NAME or file:PATH", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", Error(good with { Headers = ["authorization: hunter2"] }), StringComparison.Ordinal);
        Assert.Contains("not of the form 'Name: value'", Error(good with { Headers = ["no colon"] }), StringComparison.Ordinal);

        static string Error(LoadScenario scenario) => Assert.Throws<LoadTestException>(() => scenario.Plan(_ => null)).Message;
    }

    [Fact]
    public void Plan_BodyOfOnesOwn_IsFilledAsJson()
    {
        string body = _folder.File("body.json");
        File.WriteAllText(body, """{"text": {{hypothesis}}, "of": [{{premise}}], "again": {{hypothesis}} }""");
        var scenario = new LoadScenario { Targets = [new ScenarioTarget { Url = "http://h/x", Body = body, Answer = "result[0].name" }], Pairs = _pairs };

        LoadTarget target = scenario.Plan(_ => null).Targets[0];

        Assert.Equal("""{"text": "\u0022{{premise}}\u0022", "of": ["a"], "again": "\u0022{{premise}}\u0022" }""", Encoding.UTF8.GetString(target.Form.Write(new LoadPair("a", "\"{{premise}}\""))));
        Assert.Equal("result[0].name", target.Form.Answer);
        File.WriteAllText(body, """{"text": "{{hypothesis}}"}""");
        Assert.Contains("without quotes", Assert.Throws<LoadTestException>(() => scenario.Plan(_ => null)).Message, StringComparison.Ordinal);
        File.WriteAllText(body, "{}");
        Assert.Contains("holds neither", Assert.Throws<LoadTestException>(() => scenario.Plan(_ => null)).Message, StringComparison.Ordinal);
    }
}
