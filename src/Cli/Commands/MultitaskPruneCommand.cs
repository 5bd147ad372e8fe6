using System.CommandLine;
using Endpoints.Bert;
using Endpoints.Bert.Multitask;
using Endpoints.Cli.Progress;
using Endpoints.Compute;
using Endpoints.Pruning.Baselines;
using Endpoints.Pruning.Multitask;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints multitask prune</c>: a curve of score against sparsity for each task, over several seeds.</summary>
internal static class MultitaskPruneCommand
{
    public static Command Create(CliHost host)
    {
        var method = new Option<string>("--method") { Description = "structured (whole layers, by what the task's training loss rises by without each) or unstructured (single weights, by magnitude).", Required = true };
        method.AcceptOnlyFromAmong([.. MultitaskPruning.Methods]);
        var tasks = MultitaskCommand.Tasks();
        var data = MultitaskCommand.Data();
        var model = new Option<string[]>("--model")
        {
            Description = "Multitask network, or the folder that train --split wrote; several, each trained with another seed, give mean and deviation.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var output = new Option<string>("--out") { Description = "Folder of the run, with one folder for each head; an unfinished one there is continued.", Required = true };
        var levels = new Option<string?>("--levels") { Description = "unstructured: shares of the prunable weights to remove, ascending and comma separated, for example 0.2,0.5." };
        var perLayer = new Option<bool>("--per-layer") { Description = "unstructured: the same share of each layer instead of one threshold for all." };
        var precision = SharedOptions.Precision("What the trunk is scored and timed in:", PrecisionName.Of(Precision.Float32));
        var examples = SharedOptions.ScoredExamples();
        var maxLength = SharedOptions.MaxLength();
        var seed = SharedOptions.Seed();
        var threads = SharedOptions.Threads();
        var json = SharedOptions.Json();
        var command = new Command("prune", "Prune the trunk for each task, without retraining: score, operations and latency against sparsity.")
        {
            method, tasks, data, model, output, levels, perLayer, precision, examples, maxLength, seed, threads, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            string named = PrecisionName.RequireChoice(result.GetValue(precision)!);
            string[] models = result.GetValue(model)!;
            string folder = result.GetValue(output)!;
            var settings = new PruningSettings
            {
                Method = result.GetValue(method)!,
                Options = new PruningOptions
                {
                    Levels = result.GetValue(levels) is { } text ? CurveOutput.Levels(text) : null,
                    PerLayer = result.GetValue(perLayer),
                },
                Examples = result.GetValue(examples),
                Seed = result.GetValue(seed),
            };
            if (settings.Method == "structured" && (settings.Options.Levels is not null || settings.Options.PerLayer))
            {
                throw new ArgumentException("--levels and --per-layer are for unstructured: structured removes layer by layer, as many as there are.");
            }

            MultitaskSet set = MultitaskSet.Find(result.GetValue(tasks));
            string dataFolder = MultitaskCommand.DataFolder(result.GetValue(data), result.GetValue(tasks));
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            var reports = set.Tasks.ToDictionary(task => task.Head.Name, _ => new List<FrontReport>());
            for (int i = 0; i < models.Length; i++)
            {
                foreach ((MultitaskCheckpoint checkpoint, MultitaskSet its) in MultitaskFolder.Networks(models[i], set))
                {
                    BertConfig config = checkpoint.Parameters.Trunk.Config;
                    MultitaskData encoded = MultitaskData.Load(its, dataFolder, checkpoint.Tokenizer, Math.Min(result.GetValue(maxLength), config.MaxSequenceLength));
                    foreach (MultitaskTaskData task in encoded.Tasks)
                    {
                        string head = task.Task.Head.Name, own = Path.Combine(folder, head);
                        string of = models.Length == 1 ? head : MultitaskCommand.Text($"model {i + 1}/{models.Length}, {head}");
                        using var line = new ProgressLine(host);
                        reports[head].Add(MultitaskPruning.Run(
                            set.Name,
                            task,
                            checkpoint.Parameters,
                            settings with { Precision = PrecisionName.Choose(named, config.HeadSize) },
                            models.Length == 1 ? own : Path.Combine(own, MultitaskCommand.Text($"{i + 1}")),
                            engine,
                            host.Time,
                            progress => line.Show($"{of}: {CurveOutput.Describe(progress)}"),
                            line.Note,
                            cancellationToken));
                    }
                }
            }

            var curves = set.Tasks.Select(task => (Head: task.Head.Name, Curve: PruningCurve.Of(task.Definition.MetricName, reports[task.Head.Name]))).ToArray();
            foreach ((string head, PruningCurve curve) in curves)
            {
                curve.Write(Path.Combine(folder, head));
            }

            if (result.GetValue(json))
            {
                host.Output.WriteLine(CurveOutput.ByHead(folder, curves.Select(curve => curve.Head)));
                return Task.FromResult(ExitCode.Done);
            }

            foreach ((string head, PruningCurve curve) in curves)
            {
                host.Output.WriteLine($"{head}:");
                CurveOutput.Show(host, curve, Path.Combine(folder, head));
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }
}
