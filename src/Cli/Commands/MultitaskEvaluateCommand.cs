using System.CommandLine;
using System.Text.Json.Serialization;
using Endpoints.Bert;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;
using Endpoints.Pruning.Multitask;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints multitask evaluate</c>: every task's metrics of a multitask network, or of a sub-network of its trunk.</summary>
internal static class MultitaskEvaluateCommand
{
    public static Command Create(CliHost host)
    {
        var tasks = MultitaskCommand.Tasks();
        var data = MultitaskCommand.Data();
        var model = SharedOptions.Model("Multitask network, or the folder that train --split wrote.");
        var subNetwork = new Option<string?>("--subnetwork") { Description = "What of the trunk to run, for example small:l=6,h=6,u=1536; by default all." };
        var split = new Option<string>("--split") { Description = "Part of the tasks: test, validation or train.", DefaultValueFactory = _ => "test" };
        split.AcceptOnlyFromAmong("test", "validation", "train");
        var precision = SharedOptions.Precision("What the trunk runs in:", "float32");
        var json = SharedOptions.Json();
        var maxLength = SharedOptions.MaxLength();
        var threads = SharedOptions.Threads();
        var command = new Command("evaluate", "Score a multitask network, or a sub-network of it, on every task.") { tasks, data, model, subNetwork, split, precision, json, maxLength, threads };
        command.SetAction((result, cancellationToken) =>
        {
            string named = PrecisionName.RequireChoice(result.GetValue(precision)!);
            MultitaskSet set = MultitaskSet.Find(result.GetValue(tasks));
            string dataFolder = MultitaskCommand.DataFolder(result.GetValue(data), result.GetValue(tasks));
            string part = result.GetValue(split)!;
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            var scores = new List<HeadScore>();
            foreach ((MultitaskCheckpoint checkpoint, MultitaskSet its) in MultitaskFolder.Networks(result.GetValue(model)!, set))
            {
                BertConfig config = checkpoint.Parameters.Trunk.Config;
                SubNetwork chosen = result.GetValue(subNetwork) is { } text ? SubNetwork.Parse(text, config) : SubNetwork.Full(config);
                MultitaskData examples = MultitaskData.Load(its, dataFolder, checkpoint.Tokenizer, Math.Min(result.GetValue(maxLength), config.MaxSequenceLength));
                var network = new MultitaskNetwork(engine, checkpoint.Parameters, PrecisionName.Choose(named, config.HeadSize));
                scores.AddRange(examples.Tasks.Select(task => new HeadEvaluator(task.Task, Part(task, part)).Evaluate(network, chosen, cancellationToken)));
            }

            Report(host, new MultitaskScores(scores), part, result.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static HeadExamples Part(MultitaskTaskData task, string part) => part switch
    {
        "train" => task.Train,
        "validation" => task.Validation,
        _ => task.Test,
    };

    /// <summary>Scores of a part of the tasks, as a table or a JSON document.</summary>
    internal static void Report(CliHost host, MultitaskScores scores, string part, bool json)
    {
        if (json)
        {
            host.WriteJson(scores, MultitaskJson.Default.MultitaskScores);
            return;
        }

        host.Output.WriteLine($"On the {part} parts:");
        MultitaskCommand.Show(host, scores);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    WriteIndented = true)]
[JsonSerializable(typeof(MultitaskScores))]
internal sealed partial class MultitaskJson : JsonSerializerContext;
