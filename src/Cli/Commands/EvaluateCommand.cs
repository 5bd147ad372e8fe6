using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Cli.Pull;
using Endpoints.Compute;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Tasks;
using Spectre.Console;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints evaluate</c>: the metric of a checkpoint, or of a sub-network of it, in one precision or several.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CliHost host)
    {
        var task = SharedOptions.Task();
        var data = SharedOptions.Data();
        var model = SharedOptions.Model("Checkpoint.");
        var subNetwork = new Option<string?>("--subnetwork") { Description = "What of it to run, for example small:l=6,h=6,u=1536; by default all." };
        var split = new Option<string>("--split") { Description = "Part of the task: test, validation or train.", DefaultValueFactory = _ => "test" };
        split.AcceptOnlyFromAmong("test", "validation", "train");
        var precision = new Option<string>("--precision")
        {
            Description = $"What to run in, comma separated: {PrecisionName.All}. All are compared with float32.",
            DefaultValueFactory = _ => string.Join(',', Enum.GetValues<Precision>().Select(PrecisionName.Of)),
        };
        var rounds = new Option<int>("--rounds") { Description = "Passes over the examples; rates are medians of them.", DefaultValueFactory = _ => 3 };
        var json = SharedOptions.Json();
        var maxLength = SharedOptions.MaxLength();
        var threads = SharedOptions.Threads();
        var command = new Command("evaluate", "Score a checkpoint on a task in several precisions: metric, difference to float32, pairs per second.")
        {
            task, data, model, subNetwork, split, precision, rounds, json, maxLength, threads,
        };
        command.SetAction((result, cancellationToken) =>
        {
            Precision[] precisions = [.. result.GetValue(precision)!.Split(',', StringSplitOptions.TrimEntries).Select(PrecisionName.Parse)];
            if (result.GetValue(rounds) < 1)
            {
                throw new ArgumentException($"--rounds is {result.GetValue(rounds)}: expected 1 or more.");
            }

            TaskData taskData = TaskRegistry.Load(result.GetValue(task)!, result.GetValue(data));
            Checkpoint checkpoint = CheckpointFolder.Load(ModelLocation.Find(host, result.GetValue(model)!));
            SubNetwork chosen = result.GetValue(subNetwork) is { } text ? SubNetwork.Parse(text, checkpoint.Config) : SubNetwork.Full(checkpoint.Config);
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            PrecisionReport report = PrecisionEvaluation.Run(
                taskData,
                Enum.Parse<TaskSplit>(result.GetValue(split)!, ignoreCase: true),
                checkpoint,
                chosen,
                precisions,
                result.GetValue(maxLength),
                result.GetValue(rounds),
                engine,
                host.Time,
                cancellationToken);
            var evaluation = new Evaluation(taskData.Definition.Name, result.GetValue(split)!, result.GetValue(model)!, chosen.ToString(), engine.Description, report);
            if (result.GetValue(json))
            {
                host.WriteJson(evaluation, EvaluationJson.Default.Evaluation);
            }
            else
            {
                Show(host, evaluation);
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Show(CliHost host, Evaluation evaluation)
    {
        PrecisionReport report = evaluation.Report;
        host.Output.WriteLine(Text($"{evaluation.Model}, {evaluation.SubNetwork}, on {report.Examples:N0} {evaluation.Split} examples of {evaluation.Task} ({report.Tokens:N0} tokens); {evaluation.Engine}"));
        Table table = new Table().Border(TableBorder.Simple).AddColumns("precision", report.Metric, "95 % interval", "to float32", "labels changed", "logits off by", "examples/s");
        foreach (PrecisionResult result in report.Results)
        {
            table.AddRow(
                PrecisionName.Of(result.Precision),
                Text($"{result.Score:0.0000}"),
                result.Interval is { } interval ? Text($"{interval.Low:0.0000} to {interval.High:0.0000}") : "",
                Text($"{100 * result.Difference:+0.00;-0.00;0.00} points"),
                result.ChangedLabels is { } changed ? Text($"{100 * changed:0.00} %") : "",
                Text($"{100 * result.LargestLogitDifference:0.000} %"),
                Text($"{result.ExamplesPerSecond:N0}"));
        }

        host.Terminal.Write(table);
        host.Output.WriteLine("Logits are off by at most that share of the range of float32's. Kernels: "
            + string.Join("; ", report.Results.Select(result => $"{PrecisionName.Of(result.Precision)} {PrecisionSupport.Describe(result.Precision)}")) + ".");
        if (report.MostFrequentLabel is { } frequent)
        {
            host.Output.WriteLine(Text($"Always answering the most frequent label: {frequent:0.0000}."));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What <c>evaluate --json</c> writes.</summary>
internal sealed record Evaluation(string Task, string Split, string Model, string SubNetwork, string Engine, PrecisionReport Report);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters = [typeof(PrecisionJsonConverter)],
    WriteIndented = true)]
[JsonSerializable(typeof(Evaluation))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
