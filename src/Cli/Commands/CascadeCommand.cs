using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Cli.Cascades;
using Endpoints.Cli.Pull;
using Endpoints.Compute;
using Endpoints.Pruning.Cascades;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Tasks;
using Spectre.Console;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints cascade</c>: chooses the threshold of a cascade of two networks for a promised accuracy, and writes what <c>serve</c> reads.</summary>
internal static class CascadeCommand
{
    private const string NoPart = "none";

    /// <summary>The table has a row for each such share.</summary>
    private const double RowStep = 0.1;

    public static Command Create(CliHost host)
    {
        var task = SharedOptions.Task();
        var data = SharedOptions.Data();
        var small = new Option<string>("--small") { Description = "Network that is asked first: DIR, or DIR#SUBNETWORK such as models/base#small:l=6,h=12,u=3072, whose layers the large one continues where it keeps them too.", Required = true };
        var large = new Option<string>("--large") { Description = "Network that answers what the small one is not sure of: DIR, or DIR#SUBNETWORK.", Required = true };
        var pairs = new Option<string?>("--pairs") { Description = "File of examples that the threshold is chosen on, as the task's own files are: set aside before training, so that neither an epoch nor a sub-network was chosen on them." };
        var split = new Option<string>("--split") { Description = "Without --pairs, the part that the threshold is chosen on: validation, test or train; one that neither network learnt from, and that no search chose the small one on.", DefaultValueFactory = _ => "validation" };
        split.AcceptOnlyFromAmong("validation", "test", "train");
        var check = new Option<string>("--check") { Description = "Part that the chosen threshold is then measured on: test, validation, train or none.", DefaultValueFactory = _ => "test" };
        check.AcceptOnlyFromAmong("test", "validation", "train", NoPart);
        var maxLoss = new Option<double>("--max-loss") { Description = "Points of accuracy that the cascade may lose against the large network alone.", DefaultValueFactory = _ => 0.5 };
        var confidence = new Option<double>("--confidence") { Description = "Confidence of that promise, in percent.", DefaultValueFactory = _ => 95 };
        var precision = SharedOptions.Precision("What both networks run in, here and when served:", PrecisionName.Auto);
        var output = new Option<string?>("--out") { Description = "File to write; by default cascade.json beside the large network's folder." };
        var json = SharedOptions.Json();
        var maxLength = SharedOptions.MaxLength();
        var threads = SharedOptions.Threads();
        var command = new Command("cascade", "Choose the threshold of a cascade, a small network before a large one, for a promised accuracy on held-out examples.")
        {
            task, data, small, large, pairs, split, check, maxLoss, confidence, precision, output, json, maxLength, threads,
        };
        command.SetAction((result, cancellationToken) =>
        {
            if (result.GetValue(pairs) is not null && result.GetResult(split) is { Implicit: false })
            {
                throw new ArgumentException("The threshold is chosen on one set of examples: expected --pairs or --split, found both.");
            }

            string named = PrecisionName.RequireChoice(result.GetValue(precision)!);
            TaskData taskData = TaskRegistry.Load(result.GetValue(task)!, result.GetValue(data));
            (string smallFolder, CascadeMember first) = Load(host, result.GetValue(small)!, null);
            (string largeFolder, CascadeMember second) = Load(host, result.GetValue(large)!, (smallFolder, first.Checkpoint));
            string file = result.GetValue(output) ?? Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(largeFolder))!, "cascade.json");
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            CascadeReport report = CascadeSelection.Run(
                taskData,
                first,
                second,
                new CascadeSettings
                {
                    HeldOut = result.GetValue(pairs) is { } path ? new HeldOutExamples(Path.GetFileName(path), TaskData.ReadPart(taskData.Definition, path)) : null,
                    Split = Enum.Parse<TaskSplit>(result.GetValue(split)!, ignoreCase: true),
                    Check = result.GetValue(check) == NoPart ? null : Enum.Parse<TaskSplit>(result.GetValue(check)!, ignoreCase: true),
                    MaxLoss = result.GetValue(maxLoss) / 100,
                    Confidence = result.GetValue(confidence) / 100,
                    Precision = PrecisionName.Choose(named, second.Checkpoint.Config.HeadSize),
                    MaxLength = result.GetValue(maxLength),
                },
                engine,
                host.Time,
                cancellationToken);
            if (report.Chosen is not null)
            {
                Write(report, file, (smallFolder, first), (largeFolder, second));
            }

            if (result.GetValue(json))
            {
                host.WriteJson(report, CascadeReportJson.Default.CascadeReport);
            }
            else
            {
                Show(host, report, file);
            }

            return Task.FromResult(report.Chosen is not null ? ExitCode.Done : ExitCode.Failed);
        });
        return command;
    }

    /// <summary>Writes a chosen cascade's file, and its picture beside it.</summary>
    public static void Write(CascadeReport report, string file, (string Folder, CascadeMember Member) small, (string Folder, CascadeMember Member) large)
    {
        CascadeFile.Of(report, CascadeFileMember.Of(file, small.Folder, small.Member), CascadeFileMember.Of(file, large.Folder, large.Member)).Write(file);
        File.WriteAllText(Path.ChangeExtension(file, ".svg"), CascadeChart.Of(report).ToSvg());
    }

    /// <summary>A network by DIR or DIR#SUBNETWORK; a folder that is loaded already is not read again, so that both are of one super-network.</summary>
    private static (string Folder, CascadeMember Member) Load(CliHost host, string text, (string Folder, Checkpoint Checkpoint)? loaded)
    {
        int hash = text.IndexOf('#', StringComparison.Ordinal);
        string folder = Path.GetFullPath(ModelLocation.Find(host, hash < 0 ? text : text[..hash]));
        Checkpoint checkpoint = folder == loaded?.Folder ? loaded.Value.Checkpoint : CheckpointFolder.Load(folder);
        return (folder, new CascadeMember(checkpoint, hash < 0 ? SubNetwork.Full(checkpoint.Config) : SubNetwork.Parse(text[(hash + 1)..], checkpoint.Config)));
    }

    private static void Show(CliHost host, CascadeReport report, string file)
    {
        host.Output.WriteLine(Text(
            $"{report.Examples:N0} {report.Split} examples of {report.Task} in {PrecisionName.Of(report.Precision)}: the small network is right in {100 * report.SmallAccuracy:0.00} %, the large one in {100 * report.LargeAccuracy:0.00} %."));
        Table table = new Table().Border(TableBorder.Simple).AddColumns("goes on", "threshold", "accuracy", "loss, points", Text($"at most ({100 * report.Confidence:0.#} %)"), "time of the large one", "");
        foreach (CascadePoint point in Rows(report))
        {
            table.AddRow(
                Text($"{100 * point.Escalated:0.0} %"), Text($"{point.Threshold:0.####}"), Text($"{100 * point.Accuracy:0.00} %"), Text($"{100 * point.Loss:0.00}"),
                Text($"{100 * point.LossBound:0.00}"), Text($"{100 * point.Cost:0} %"), point == report.Chosen ? "chosen" : "");
        }

        host.Terminal.Write(table);
        host.Output.WriteLine(report.Chosen is { } chosen ? Found(report, chosen, file) : NotFound(report));
        foreach (string warning in report.Warnings)
        {
            host.Output.WriteLine($"Warning: {warning}");
        }
    }

    private static IEnumerable<CascadePoint> Rows(CascadeReport report)
    {
        double next = 1;
        foreach (CascadePoint point in report.Points)
        {
            if (point.Escalated <= next || point == report.Chosen || point == report.Points[^1])
            {
                yield return point;
                while (next >= point.Escalated)
                {
                    next -= RowStep;
                }
            }
        }
    }

    private static string Found(CascadeReport report, CascadePoint chosen, string file)
    {
        string check = report.Check is { } found
            ? Text($" On {found.Examples:N0} {found.Split} examples it is right in {100 * found.Accuracy:0.00} %, the large network in {100 * found.LargeAccuracy:0.00} %; {100 * found.Escalated:0.0} % go on. {Lost(report, found)}")
            : "";
        return Text($"Threshold {chosen.Threshold:0.####}: loses at most {100 * chosen.LossBound:0.00} points with {100 * report.Confidence:0.#} % confidence, in {100 * chosen.Cost:0} % of the large network's time.{check}{Dear(chosen)}")
            + $" Wrote {file} and its picture. Serve it with: endpoints serve --endpoint fast=cascade:{file}";
    }

    /// <summary>What a cascade lost on the examples that it was checked on, how exactly these can tell, and what that says of the promise.</summary>
    public static string Lost(CascadeReport report, CascadeCheck check)
    {
        string verdict = report.MaxLoss < check.LossInterval.Low ? "is below that: the threshold was chosen on examples of another kind, or on one of the few draws that break a promise"
            : report.MaxLoss < check.Loss ? Text($"lies within that, so {check.Examples:N0} examples cannot tell whether more is lost")
            : "is kept there";
        return Text($"It loses {100 * check.Loss:0.0} points there, {100 * check.LossInterval.Low:0.0} to {100 * check.LossInterval.High:0.0} with 95 % confidence: the promise of at most {100 * report.MaxLoss:0.##} {verdict}.");
    }

    /// <summary>Says so where the two together take longer than the large one alone, as a sentence to append; else empty.</summary>
    public static string Dear(CascadePoint chosen) =>
        chosen.Cost >= 1 ? " It takes longer than the large network alone: a smaller network, or a larger loss, would pay." : "";

    /// <summary>Why no threshold keeps the promise, and what would.</summary>
    public static string NotFound(CascadeReport report)
    {
        string sentence = Text($"No threshold keeps the loss within {100 * report.MaxLoss:0.##} points with {100 * report.Confidence:0.#} % confidence: nothing was written.");
        if (report.Examples < report.LeastExamples)
        {
            sentence += Text($" {report.Examples:N0} examples cannot show that, {report.LeastExamples:N0} could if the two agreed.");
        }

        return report.Points.FirstOrDefault(point => point.Escalated <= 0.5) is { } half
            ? sentence + Text($" With --max-loss {Math.Ceiling(1e4 * half.LossBound) / 100:0.##} half of the examples would stay with the small network; a better small network would do as well.")
            : sentence;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(CascadeReport))]
internal sealed partial class CascadeReportJson : JsonSerializerContext;
