using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Endpoints.Bert;
using Endpoints.Serving;
using Endpoints.Tests;
using Microsoft.AspNetCore.Builder;
using Spectre.Console;

namespace Endpoints.Cli.Tests.Commands;

/// <summary>Every command that prints a table writes it as one JSON document too, and then nothing else to standard output.</summary>
public sealed class JsonOutputTests : IDisposable
{
    /// <summary>Commands without a table, and what they print.</summary>
    private static readonly Dictionary<string, string> WithoutTable = new()
    {
        ["demo"] = "how far it is, and where the report is",
        ["pull model"] = "where it is",
        ["pull task"] = "where it is",
        ["train"] = "what was written",
        ["rewire"] = "what was written",
        ["study"] = "what was written; summary.csv has the figures",
        ["export"] = "what was written",
        ["finetune"] = "what was written",
        ["serve"] = "a log",
        ["report"] = "what was written",
        ["tokenize"] = "JSON lines",
        ["predict"] = "JSON lines",
        ["health"] = "the server's JSON behind its status",
        ["completion"] = "a script",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EveryCommand_WithATable_WritesOneJsonDocument()
    {
        string task = WriteTask(), tasks = WriteTasks(), model = _folder.File("model"), vocabulary = Path.Combine(Repository.Root, "tests", "vocab", "uncased");
        string[] shape = ["--new", "l=1,h=16,heads=2,u=16", "--vocab", vocabulary, "--epochs", "1", "--max-length", "16", "--threads", "1"];
        await Cli.OkAsync(["train", "--task", task, "--out", model, "--strategy", "standard", .. shape]);
        (string load, string pairs) = (_folder.File("load"), _folder.File("pairs.jsonl"));
        await File.WriteAllTextAsync(pairs, """{"premise":"a","hypothesis":"b"}""");
        using var engine = new CpuEngine(threadsPerLane: 1);
        var configuration = new Dictionary<string, string?> { ["urls"] = "http://127.0.0.1:0", ["Endpoints:Server:DrainDelay"] = "0" };
        await using WebApplication app = ServingHost.Build(engine, Endpoints.Cli.Commands.ServeCommand.Load([$"base={model}"], configuration), new ServingSettings { Configuration = configuration });
        await app.StartAsync();
        await ServingHost.WaitUntilReadyAsync(app, CancellationToken.None);

        // In this order: a plan is of a load test, an evaluation of a network.
        string[] limits = ["--max-length", "16", "--threads", "1"];
        (string Command, string[] Arguments)[] withTable =
        [
            ("doctor", []),
            ("data", ["--list"]),
            ("data", ["--check", task]),
            ("pull list", []),
            ("bench", ["--model", model, "--length", "8", "--batch", "1", "--threads", "1"]),
            ("evaluate", ["--task", task, "--model", model, "--rounds", "1", .. limits]),
            ("search", ["--task", task, "--model", model, "--out", _folder.File("search"), "--trials", "2", "--objectives", "error,parameters", .. limits]),
            ("prune", ["--method", "structured", "--task", task, "--model", model, "--out", _folder.File("pruned"), .. limits]),
            ("cascade", ["--task", task, "--small", $"{model}#small:l=1,h=1,u=8", "--large", model, "--max-loss", "90", "--check", "none", .. limits]),
            ("multitask train", ["--tasks", tasks, "--out", _folder.File("multitask"), .. shape]),
            ("multitask evaluate", ["--tasks", tasks, "--model", _folder.File("multitask"), .. limits]),
            ("multitask prune", ["--method", "structured", "--tasks", tasks, "--model", _folder.File("multitask"), "--out", _folder.File("trunk"), .. limits]),
            ("load", ["--target", $"base={app.Urls.Single()}/endpoints/base/invoke", "--pairs", pairs, "--users", "1", "--stage", "300ms", "--out", load]),
            ("load merge", [load, load, "--out", _folder.File("all")]),
            ("plan", [_folder.File("all"), "--rate", "10", "--price", "1"]),
        ];
        Assert.Equal(
            Leaves(Application.Root(Host()), "").Order(StringComparer.Ordinal),
            withTable.Select(one => one.Command).Concat(WithoutTable.Keys).Distinct().Order(StringComparer.Ordinal));
        foreach ((string command, string[] arguments) in withTable)
        {
            Cli.Run run = await Cli.RunAsync([.. command.Split(' '), .. arguments, "--json"]);
            Assert.True(run.Code == 0 || (run.Code, command) is (1, "doctor" or "cascade") or (110, "load" or "load merge"), $"{command}: {run.Code} {run.Error}");
            Assert.True(IsDocument(run.Output), $"{command}: {run.Output}");
            if (command == "load merge")
            {
                await TrustEveryStageAsync(_folder.File("all/result.json"));
            }
        }
    }

    private static bool IsDocument(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>On a busy machine the tester may say that it was the bottleneck, and a plan would leave such stages out.</summary>
    private static async Task TrustEveryStageAsync(string file)
    {
        JsonNode result = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        foreach (JsonNode? stage in result["targets"]!.AsArray().SelectMany(target => target!["stages"]!.AsArray()))
        {
            stage!.AsObject().Remove("invalid");
        }

        await File.WriteAllTextAsync(file, result.ToJsonString());
    }

    /// <summary>The commands that can be called.</summary>
    private static IEnumerable<string> Leaves(Command command, string path) =>
        (command.Action is not null && command is not RootCommand ? (string[])[path] : []).Concat(command.Subcommands.SelectMany(sub => Leaves(sub, $"{path} {sub.Name}".Trim())));

    private static CliHost Host() => new() { Input = TextReader.Null, Output = TextWriter.Null, Error = TextWriter.Null, Terminal = AnsiConsole.Console, IsInteractive = false };

    private string WriteTask()
    {
        string[] rows = [.. Enumerable.Range(0, 30).Select(i => $"{(i % 3 == 0 ? "a fine film" : "a dull mess")} number {i}\t{(i % 3 == 0 ? "good" : "bad")}")];
        File.WriteAllLines(_folder.File("train.tsv"), ["text\tlabel", .. rows]);
        File.WriteAllLines(_folder.File("test.tsv"), ["text\tlabel", .. rows.Take(12)]);
        File.WriteAllText(_folder.File("task.json"), """{"name": "films", "train": "train.tsv", "test": "test.tsv", "text": "text", "label": "label", "labels": ["bad", "good"]}""");
        return $"table:{_folder.File("task.json")}";
    }

    private string WriteTasks()
    {
        File.WriteAllText(_folder.File("tasks.json"), """
            {"name": "one", "tasks": [
              {"head": "mood", "kind": "classification", "table": {"name": "mood", "train": "train.tsv", "test": "test.tsv", "text": "text", "label": "label", "labels": ["bad", "good"]}}]}
            """);
        return _folder.File("tasks.json");
    }
}
