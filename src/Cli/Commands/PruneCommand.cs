using System.CommandLine;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;
using Endpoints.Cli.Progress;
using Endpoints.Compute;
using Endpoints.Pruning;
using Endpoints.Pruning.Baselines;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints prune</c>: prunes fine-tuned networks by a method that searches compare themselves with.</summary>
internal static class PruneCommand
{
    public static Command Create(CliHost host)
    {
        var method = new Option<string>("--method")
        {
            Description = "heads (least important attention heads), rfp (any heads and units, without retraining), structured (whole layers) or unstructured (single weights).",
            Required = true,
        };
        var task = SharedOptions.Task();
        var data = SharedOptions.Data();
        var model = new Option<string[]>("--model") { Description = "The fine-tuned network; several, each trained with another seed, give mean and deviation.", Required = true, AllowMultipleArgumentsPerToken = true };
        var output = new Option<string>("--out") { Description = "Folder of the run; an unfinished one there is continued.", Required = true };
        var levels = new Option<string?>("--levels") { Description = "Shares to remove, ascending and comma separated, for example 0.2,0.5: of heads, multiply-adds or weights (structured removes layer by layer)." };
        var exact = new Option<bool>("--exact") { Description = "heads: compute importance anew after each step." };
        var unnormalised = new Option<bool>("--unnormalised") { Description = "heads: compare layers by their scores as they are." };
        var protect = new Option<int>("--protect") { Description = "heads: keep at least that many in every layer.", DefaultValueFactory = _ => 0 };
        var latency = new Option<bool>("--latency-budget") { Description = "rfp: levels are shares of measured latency instead of multiply-adds." };
        var skip = new Option<string[]>("--without") { Description = "rfp: leave phases out: rearrangement, tuning.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        skip.AcceptOnlyFromAmong("rearrangement", "tuning");
        var perLayer = new Option<bool>("--per-layer") { Description = "unstructured: the same share of each layer instead of one threshold for all." };
        var save = new Option<bool>("--save") { Description = "Also writes every pruned network as a checkpoint, to networks/ in its folder." };
        var precision = SharedOptions.Precision("What networks are scored and timed in:", PrecisionName.Of(Precision.Float32));
        var examples = SharedOptions.ScoredExamples();
        var maxLength = SharedOptions.MaxLength();
        var seed = SharedOptions.Seed();
        var threads = SharedOptions.Threads();
        var json = SharedOptions.Json();
        var command = new Command("prune", "Prune fine-tuned networks without search: head pruning, retraining-free pruning, layers by loss increase, weights by magnitude.")
        {
            method, task, data, model, output, levels, exact, unnormalised, protect, latency, skip, perLayer, save, precision, examples, maxLength, seed, threads, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            string named = PrecisionName.RequireChoice(result.GetValue(precision)!);
            string[] without = result.GetValue(skip)!;
            var settings = new PruningSettings
            {
                Method = result.GetValue(method)!,
                Options = new PruningOptions
                {
                    Levels = result.GetValue(levels) is { } text ? CurveOutput.Levels(text) : null,
                    Exact = result.GetValue(exact),
                    NormalizeLayers = !result.GetValue(unnormalised),
                    ProtectedHeads = result.GetValue(protect),
                    LatencyBudget = result.GetValue(latency),
                    Rearrange = !without.Contains("rearrangement"),
                    Tune = !without.Contains("tuning"),
                    PerLayer = result.GetValue(perLayer),
                },
                Examples = result.GetValue(examples),
                MaxLength = result.GetValue(maxLength),
                Seed = result.GetValue(seed),
                Threads = result.GetValue(threads),
            };
            string[] models = result.GetValue(model)!;
            string folder = result.GetValue(output)!;
            TaskData taskData = TaskRegistry.Load(result.GetValue(task)!, result.GetValue(data));
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            var reports = new List<FrontReport>();
            for (int i = 0; i < models.Length; i++)
            {
                Checkpoint checkpoint = CheckpointFolder.Load(models[i]);
                string own = models.Length == 1 ? folder : Path.Combine(folder, (i + 1).ToString(CultureInfo.InvariantCulture));
                string of = models.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"model {i + 1}/{models.Length}, ");
                reports.Add(Run(
                    host, taskData, checkpoint, settings with { Precision = PrecisionName.Choose(named, checkpoint.Config.HeadSize) }, own, of, models[i], result.GetValue(save), engine, cancellationToken));
            }

            PruningCurve curve = PruningCurve.Of(taskData.Definition.MetricName, reports);
            curve.Write(folder);
            if (result.GetValue(json))
            {
                host.Output.Write(File.ReadAllText(Path.Combine(folder, PruningCurve.FileName)));
            }
            else
            {
                CurveOutput.Show(host, curve, folder);
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static FrontReport Run(
        CliHost host, TaskData data, Checkpoint checkpoint, PruningSettings settings, string folder, string prefix, string parent, bool save, CpuEngine engine, CancellationToken cancellationToken)
    {
        using var line = new ProgressLine(host);
        return PruningRun.Run(
            data,
            checkpoint,
            settings,
            folder,
            engine,
            host.Time,
            progress => line.Show($"{prefix}{CurveOutput.Describe(progress)}"),
            line.Note,
            save ? (trial, weights) => Save(folder, checkpoint, parent, data.Definition, settings, trial, weights) : null,
            cancellationToken);
    }

    private static void Save(
        string folder, Checkpoint parent, string parentName, TaskDefinition task, PruningSettings settings, Trial trial, BertParameters weights)
    {
        string directory = Path.Combine(folder, "networks", trial.Id.ToString("00", CultureInfo.InvariantCulture));
        Directory.CreateDirectory(Path.GetDirectoryName(directory)!);
        CheckpointFolder.Save(directory, parent with
        {
            Config = weights.Config,
            Parameters = weights,
            Metadata = new EndpointMetadata
            {
                SubNetwork = trial.SubNetwork,
                Parent = parentName,
                Task = task.Name,
                Split = "test",
                Metrics = new SortedDictionary<string, double>(StringComparer.Ordinal)
                {
                    [task.MetricName] = PruningRun.Detail(trial, "test_score"),
                    [$"validation_{task.MetricName}"] = PruningRun.Detail(trial, "validation_score"),
                },
                MeasuredIn = settings.Precision,
                Parameters = trial.Parameters,
                PaperParameters = trial.PaperParameters,
                ParentParameters = ParameterCount.Sliced(parent.Config, SubNetwork.Full(parent.Config)),
            },
        });
    }
}
