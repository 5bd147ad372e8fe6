using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Bert.Training;
using Endpoints.Cli.Progress;
using Endpoints.Cli.Pull;
using Endpoints.Compute;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints train</c>: fine-tunes a super-network on a task.</summary>
internal static class TrainCommand
{
    public static Command Create(CliHost host)
    {
        var task = SharedOptions.Task();
        var data = SharedOptions.Data();
        var model = new Option<string?>("--model") { Description = "Checkpoint to start from: a folder in Hugging Face layout, or the id of a model that was pulled." };
        var fresh = new Option<string?>("--new") { Description = "Start from random weights of this shape instead: l=LAYERS,h=HIDDEN,heads=HEADS,u=UNITS, and arch=roberta for a RoBERTa (needs --vocab)." };
        var vocabulary = new Option<string?>("--vocab") { Description = "Folder of the tokenizer for --new: vocab.txt, or vocab.json and merges.txt, or tokenizer.json." };
        var deviation = new Option<float>("--init") { Description = "Standard deviation of the weights of --new.", DefaultValueFactory = _ => 0.02f };
        var output = new Option<string>("--out") { Description = "Folder to write the fine-tuned checkpoint to.", Required = true };
        var strategy = new StrategyArguments();
        var tuning = new FineTuningArguments(epochs: 5);
        Option<string> keep = FineTuningArguments.Keep(KeptEpoch.Last);
        var precision = new Option<string>("--precision")
        {
            Description = "What the large products run in: float32, or bfloat16 with float32 weights, gradients and optimiser (twice as fast where the processor has it).",
            DefaultValueFactory = _ => "float32",
        };
        var maxLength = SharedOptions.MaxLength();
        var seed = SharedOptions.Seed();
        var threads = SharedOptions.Threads();
        var command = new Command("train", "Fine-tune a BERT super-network on a task, so that its sub-networks work too.")
        {
            task, data, model, fresh, vocabulary, deviation, output, tuning.Epochs, tuning.Batch, tuning.Rate, tuning.WarmUp, keep, precision, maxLength, seed, threads,
        };
        strategy.AddTo(command);
        command.SetAction((result, cancellationToken) =>
        {
            Precision products = TrainablePrecision(result.GetValue(precision)!);
            TaskData taskData = TaskRegistry.Load(result.GetValue(task)!, result.GetValue(data));
            Checkpoint start = Start(
                host, taskData.Definition, result.GetValue(model), result.GetValue(fresh), result.GetValue(vocabulary), result.GetValue(maxLength), result.GetValue(seed), result.GetValue(deviation));
            var settings = new TrainingSettings
            {
                Strategy = strategy.Strategy(result),
                Space = strategy.Space(result),
                Sampling = strategy.Sampling(result),
                StrategyOptions = strategy.Options(result, start),
                Teacher = strategy.Teacher(result),
                MaxLength = result.GetValue(maxLength),
                FineTuning = tuning.Of(result, result.GetValue(seed), keep),
                Trainer = new TrainerOptions { Seed = result.GetValue(seed), Threads = result.GetValue(threads), Precision = products },
            };
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            TrainingOutcome outcome = Run(host, taskData, start, settings, engine, cancellationToken);
            CheckpointFolder.Save(result.GetValue(output)!, outcome.Checkpoint);
            host.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Wrote {result.GetValue(output)}: epoch {outcome.FineTuning.Kept.Epoch}, validation {taskData.Definition.MetricName} {outcome.FineTuning.Kept.Score:0.0000}, test {outcome.TestScore:0.0000}{Words.Interval(outcome.TestInterval)}."));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    /// <summary>Fine-tunes with progress on standard error.</summary>
    internal static TrainingOutcome Run(CliHost host, TaskData data, Checkpoint start, TrainingSettings settings, CpuEngine engine, CancellationToken cancellationToken)
    {
        using var line = new ProgressLine(host);
        int total = settings.FineTuning.Epochs;
        TrainingOutcome outcome = SuperNetworkTraining.Run(
            data,
            start,
            settings,
            engine,
            host.Time,
            progress => line.Show(string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {progress.Epoch}/{total}, step {progress.Step}/{progress.TotalSteps}, loss {progress.Loss:0.000}, {progress.ExamplesPerSecond:0} examples/s, {progress.TokensPerSecond:0} tokens/s{ProgressLine.Left(progress.Remaining)}")),
            epoch => line.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {epoch.Epoch}/{total}: loss {epoch.Loss:0.0000}, validation {data.Definition.MetricName} {epoch.Score:0.0000}, {epoch.Seconds:0.0} s, {epoch.TokensPerSecond:0} tokens/s")),
            cancellationToken);
        line.Note(Describe(outcome.Speed));
        line.Note(Describe(outcome.FineTuning.Passes));
        return outcome;
    }

    /// <summary>What passes cost beside what they compute: a sub-network runs as a view of the weights, so it should cost its share.</summary>
    private static string Describe(IReadOnlyList<PassCost> passes)
    {
        double perPass = passes.Sum(pass => pass.Passes * pass.ShareOfOperations) / passes.Sum(pass => pass.Passes);
        return string.Create(CultureInfo.InvariantCulture, $"a pass took {perPass:0 %} of the super-network's operations on average: ")
            + string.Join(", ", passes.Select(pass => string.Create(
                CultureInfo.InvariantCulture,
                $"{pass.Kind.ToString().ToLowerInvariant()} {pass.ShareOfOperations:0 %} in {1000 * pass.MeanSeconds:0.0} ms ({pass.Passes} passes)")));
    }

    /// <summary>The speed of a training beside the processor's limit.</summary>
    private static string Describe(TrainingSpeed speed) => string.Create(
        CultureInfo.InvariantCulture,
        $"{speed.TokensPerSecond:0} tokens/s, {speed.OperationsPerSecond / 1e9:0} GFLOP/s in {Name(speed.Precision)}: {speed.ShareOfPeak:0 %} of the {speed.PeakOperationsPerSecond / 1e9:0} that {speed.Threads} {(speed.Threads == 1 ? "thread" : "threads")} can do at most");

    private static string Name(Precision precision) => precision == Precision.BFloat16 ? "bfloat16" : "float32";

    internal static Precision TrainablePrecision(string name) => name switch
    {
        "float32" => Precision.Float32,
        "bfloat16" => Precision.BFloat16,
        "int8" => throw new ArgumentException("--precision int8: gradients need finer steps than int8 has, so training runs in float32 or bfloat16; int8 is for serving what was trained."),
        _ => throw new ArgumentException($"--precision {name} is no precision: expected float32 or bfloat16."),
    };

    /// <summary>A checkpoint's folder, or fresh weights.</summary>
    private static Checkpoint Start(
        CliHost host, TaskDefinition task, string? model, string? fresh, string? vocabulary, int maxLength, int seed, float deviation)
    {
        if (model is null == fresh is null)
        {
            throw new ArgumentException("Give either --model DIR, a checkpoint to start from, or --new l=2,h=128,heads=2,u=512 --vocab DIR for random weights.");
        }

        if (model is not null)
        {
            return Load(host, task, model, seed);
        }

        ITokenizer tokenizer = TokenizerFolder.Load(vocabulary ?? throw new ArgumentException("--new needs --vocab DIR, the folder of its tokenizer's files."));
        BertConfig config = Shape(fresh!, tokenizer.VocabularySize, maxLength, task.OutputNames) with { ProblemType = task.ProblemType };
        if (tokenizer is WordPieceTokenizer == (config.Architecture == Architecture.Roberta))
        {
            throw new ArgumentException(config.Architecture == Architecture.Roberta
                ? $"--new {fresh} needs a byte-level BPE tokenizer (vocab.json and merges.txt), found WordPiece in {vocabulary}."
                : $"--new {fresh} is a BERT and needs WordPiece (vocab.txt), found byte-level BPE in {vocabulary}: add arch=roberta for a RoBERTa.");
        }

        return new Checkpoint { Config = config, Parameters = BertParameters.Random(config, seed, deviation), Tokenizer = tokenizer };
    }

    /// <summary>A checkpoint to fine-tune on a task, with a fresh classifier head where it has none.</summary>
    internal static Checkpoint Load(CliHost host, TaskDefinition task, string model, int seed)
    {
        Checkpoint checkpoint = CheckpointFolder.Load(ModelLocation.Find(host, model), new CheckpointLoadOptions { Labels = task.OutputNames, ProblemType = task.ProblemType, HeadSeed = seed });
        if (checkpoint.HasFreshHead)
        {
            host.Error.WriteLine($"{model} has no classifier head: a fresh one with the labels {string.Join(", ", task.OutputNames)} was initialised with N(0, 0.02).");
        }

        return checkpoint;
    }

    /// <summary>The config that <c>--new</c> describes.</summary>
    internal static BertConfig Shape(string text, int vocabularySize, int maxLength, ImmutableArray<string> labels)
    {
        var numbers = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        bool? isRoberta = null;
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] sides = part.Split('=', StringSplitOptions.TrimEntries);
            if (isRoberta is null && sides is ["arch", "bert" or "roberta"])
            {
                isRoberta = sides[1] == "roberta";
            }
            else if (sides.Length != 2 || !int.TryParse(sides[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1 || !numbers.TryAdd(sides[0], number))
            {
                throw new FormatException($"--new {text}: '{part}' is no NAME=NUMBER, nor arch=bert or arch=roberta; expected for example l=2,h=128,heads=2,u=512.");
            }
        }

        BertConfig shape = numbers.TryGetValue("l", out int layers) && numbers.TryGetValue("h", out int hidden) && numbers.TryGetValue("heads", out int heads)
            && numbers.TryGetValue("u", out int units) && numbers.Count == 4 && hidden % heads == 0
            ? BertConfig.Uniform(vocabularySize, hidden, layers, heads, units, maxLength, labels)
            : throw new FormatException($"--new {text}: expected l=LAYERS,h=HIDDEN,heads=HEADS,u=UNITS with HIDDEN a multiple of HEADS, for example l=2,h=128,heads=2,u=512.");
        return isRoberta == true ? shape.AsRoberta() : shape;
    }
}
