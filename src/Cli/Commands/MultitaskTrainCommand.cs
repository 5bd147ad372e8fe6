using System.CommandLine;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.Tokenization;
using Endpoints.Cli.Progress;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Multitask;

namespace Endpoints.Cli.Commands;

/// <summary><c>endpoints multitask train</c>: one network for all tasks, or with <c>--split</c> one for each.</summary>
internal static class MultitaskTrainCommand
{
    public static Command Create(CliHost host)
    {
        var tasks = MultitaskCommand.Tasks();
        var data = MultitaskCommand.Data();
        var model = new Option<string?>("--model") { Description = "Checkpoint to start from: any BERT, whose classifier is left out, or a multitask network of the same heads." };
        var fresh = new Option<string?>("--new") { Description = "Start from random weights of this shape instead: l=LAYERS,h=HIDDEN,heads=HEADS,u=UNITS (needs --vocab)." };
        var vocabulary = new Option<string?>("--vocab") { Description = "Folder with vocab.txt (and tokenizer_config.json) for --new." };
        var deviation = new Option<float>("--init") { Description = "Standard deviation of the weights of --new.", DefaultValueFactory = _ => 0.02f };
        var output = new Option<string>("--out") { Description = "Folder to write to; with --split, the folder of one folder for each head.", Required = true };
        var split = new Option<bool>("--split") { Description = "Train a network of its own for each task." };
        var interleave = new Option<string>("--interleave") { Description = "A step takes a batch of each task: joint updates once for all of them, alternating once for each.", DefaultValueFactory = _ => "joint" };
        interleave.AcceptOnlyFromAmong("joint", "alternating");
        var tuning = new FineTuningArguments(epochs: 10, rate: 1e-5f);
        tuning.Epochs.Description = "Passes over the examples of the task that epochs are counted by.";
        tuning.Batch.Description = "Examples of each task in a step, where the --tasks file says nothing.";
        var dropout = new Option<float>("--head-dropout") { Description = "Dropout of the pooled vectors, before the heads.", DefaultValueFactory = _ => 0.3f };
        Option<string> keep = FineTuningArguments.Keep(KeptEpoch.Best, "by the mean score on validation");
        var precision = new Option<string>("--precision") { Description = "What the large products run in: float32 or bfloat16.", DefaultValueFactory = _ => "float32" };
        var maxLength = SharedOptions.MaxLength();
        var seed = SharedOptions.Seed();
        var threads = SharedOptions.Threads();
        var json = SharedOptions.Json();
        var command = new Command("train", "Train one BERT and its heads on several tasks, together or split.")
        {
            tasks, data, model, fresh, vocabulary, deviation, output, split, interleave, tuning.Epochs, tuning.Batch, tuning.Rate, tuning.WarmUp, dropout, keep, precision, maxLength, seed, threads, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            var defaults = new MultitaskTrainingSettings();
            var settings = defaults with
            {
                Interleaving = result.GetValue(interleave) == "joint" ? Interleaving.Joint : Interleaving.Alternating,
                FineTuning = tuning.Of(result, result.GetValue(seed), keep),
                Trainer = defaults.Trainer with
                {
                    PooledDropout = HeadDropout(result.GetValue(dropout)),
                    Seed = result.GetValue(seed),
                    Threads = result.GetValue(threads),
                    Precision = TrainCommand.TrainablePrecision(result.GetValue(precision)!),
                },
            };
            MultitaskSet set = MultitaskSet.Find(result.GetValue(tasks));
            string folder = MultitaskCommand.DataFolder(result.GetValue(data), result.GetValue(tasks));
            MultitaskCheckpoint start = Start(
                set, result.GetValue(model), result.GetValue(fresh), result.GetValue(vocabulary), result.GetValue(maxLength), result.GetValue(seed), result.GetValue(deviation));
            int limit = Math.Min(result.GetValue(maxLength), start.Parameters.Trunk.Config.MaxSequenceLength);
            MultitaskData examples = MultitaskData.Load(set, folder, start.Tokenizer, limit);
            using CpuEngine engine = SharedOptions.Engine(result.GetValue(threads));
            string target = result.GetValue(output)!;
            CliHost words = result.GetValue(json) ? host.WithWordsOnError() : host;
            MultitaskScores test = result.GetValue(split)
                ? new([.. examples.Tasks.SelectMany(task => Run(words, examples.Only(task), Only(start, task.Task.Head), settings, engine, Path.Combine(target, task.Task.Head.Name), cancellationToken).Heads)])
                : Run(words, examples, start, settings, engine, target, cancellationToken);
            MultitaskEvaluateCommand.Report(host, test, "test", result.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    /// <summary>Trains with progress on standard error, and writes the checkpoint.</summary>
    private static MultitaskScores Run(
        CliHost host, MultitaskData data, MultitaskCheckpoint start, MultitaskTrainingSettings settings, CpuEngine engine, string output, CancellationToken cancellationToken)
    {
        using var line = new ProgressLine(host);
        int total = settings.FineTuning.Epochs;
        var training = new MultitaskTraining(data, settings, engine, host.Time)
        {
            Progress = progress => line.Show(MultitaskCommand.Text(
                $"epoch {progress.Epoch}/{total}, step {progress.Step}/{progress.TotalSteps}, loss {progress.Loss:0.000}{ProgressLine.Left(progress.Remaining)}")),
            EpochDone = epoch => line.Note(Describe(epoch, total)),
        };
        MultitaskOutcome outcome = training.Run(start, cancellationToken);
        outcome.Checkpoint.Save(output);
        host.Output.WriteLine(MultitaskCommand.Text($"Wrote {output}: epoch {outcome.Kept.Epoch}, mean on validation {outcome.Kept.Validation.Overall:0.0000}."));
        return outcome.Test;
    }

    private static string Describe(MultitaskEpoch epoch, int total)
    {
        IEnumerable<string> heads = epoch.Validation.Heads.Zip(
            epoch.Losses, (head, loss) => MultitaskCommand.Text($"{head.Head}: loss {loss:0.0000}, validation {head.Metric} {head.Score:0.0000}"));
        return MultitaskCommand.Text(
            $"epoch {epoch.Epoch}/{total}: {string.Join("; ", heads)}; mean {epoch.Validation.Overall:0.0000}; {epoch.Seconds:0.0} s, {epoch.Tokens / Math.Max(epoch.Seconds, 1e-9):0} tokens/s");
    }

    /// <summary>The same weights with one of the heads alone, so that split and joint networks start alike.</summary>
    private static MultitaskCheckpoint Only(MultitaskCheckpoint start, HeadConfig head)
    {
        MultitaskParameters copy = start.Parameters.Clone();
        return start with { Parameters = new MultitaskParameters(copy.Trunk, [copy.Head(head.Name)]) };
    }

    private static MultitaskCheckpoint Start(MultitaskSet set, string? model, string? fresh, string? vocabulary, int maxLength, int seed, float deviation)
    {
        if (model is null == fresh is null)
        {
            throw new ArgumentException("Give either --model DIR, a checkpoint to start from, or --new l=2,h=128,heads=2,u=512 --vocab DIR for random weights.");
        }

        HeadConfig[] heads = [.. set.Tasks.Select(task => task.Head)];
        if (fresh is not null)
        {
            var tokenizer = WordPieceTokenizer.Load(vocabulary ?? throw new ArgumentException("--new needs --vocab DIR, the folder of its vocab.txt."));
            BertConfig config = TrainCommand.Shape(fresh, tokenizer.VocabularySize, maxLength, []);
            return new MultitaskCheckpoint { Parameters = MultitaskParameters.WithFreshHeads(BertParameters.Random(config, seed, deviation), heads, seed), Tokenizer = tokenizer };
        }

        if (!Directory.Exists(model) || !MultitaskCheckpoint.Is(model))
        {
            Checkpoint bert = CheckpointFolder.Load(model!);
            return new MultitaskCheckpoint { Parameters = MultitaskParameters.WithFreshHeads(bert.Parameters, heads, seed), Tokenizer = bert.Tokenizer };
        }

        MultitaskCheckpoint trained = MultitaskCheckpoint.Load(model);
        HeadConfig[] found = [.. trained.Parameters.Heads.Select(head => head.Config)];
        return heads.All(found.Contains)
            ? trained with { Parameters = new MultitaskParameters(trained.Parameters.Trunk, [.. heads.Select(head => trained.Parameters.Head(head.Name))]) }
            : throw new ArgumentException(
                $"{model} has the heads {Names(found)}, the tasks need {Names(heads)} with the same kinds and labels: start from a checkpoint of those heads, or from a BERT without heads.");
    }

    private static string Names(IEnumerable<HeadConfig> heads) => string.Join(", ", heads.Select(head => $"{head.Name} ({HeadKindName.Of(head.Kind)})"));

    private static float HeadDropout(float rate) => rate is >= 0 and < 1 ? rate : throw new ArgumentException($"--head-dropout is {rate}: expected from 0 to less than 1.");
}
