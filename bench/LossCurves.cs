using System.Globalization;
using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Tokenization;
using Endpoints.Bert.Training;
using Endpoints.Charts;
using Endpoints.Compute;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Bench;

/// <summary>The same fine-tuning in float32 and in bfloat16, from the same weights in the same order: both loss curves as one picture, and the scores.</summary>
internal static class LossCurves
{
    public const string Usage = "curves TASK DATA-FOLDER VOCABULARY-FOLDER STRATEGY LAYERS EPOCHS SEEDS OUTPUT.svg";

    private const int Hidden = 128, Heads = 4, Units = 512, BatchSize = 16, Length = 64, Threads = 1;

    /// <summary>A network this narrow starts slowly from BERT's 0.02 and from even attention (the demo starts alike).</summary>
    private const float Deviation = 0.08f, AttentionGain = 2;

    /// <summary>Runs what <see cref="Usage"/> says; false where the arguments are not those.</summary>
    public static bool TryRun(ReadOnlySpan<string> arguments)
    {
        if (arguments is not [var taskName, var data, var vocabulary, var strategy, var layers, var epochs, var seeds, var output])
        {
            return false;
        }

        TaskData task = TaskRegistry.Load(taskName, data);
        var tokenizer = WordPieceTokenizer.Load(vocabulary);
        var lines = new List<Series>();
        for (int seed = 0; seed < int.Parse(seeds, CultureInfo.InvariantCulture); seed++)
        {
            foreach (Precision precision in (Precision[])[Precision.Float32, Precision.BFloat16])
            {
                var settings = new TrainingSettings
                {
                    Strategy = strategy,
                    MaxLength = Length,
                    FineTuning = new FineTuningOptions
                    {
                        Epochs = int.Parse(epochs, CultureInfo.InvariantCulture),
                        BatchSize = BatchSize,
                        LearningRate = 3e-4f,
                        WarmUp = 0.1,
                        Seed = seed,
                    },
                    Trainer = new TrainerOptions { Precision = precision, Threads = Threads, Seed = seed },
                };
                BertConfig config = BertConfig.Uniform(
                    tokenizer.VocabularySize, Hidden, int.Parse(layers, CultureInfo.InvariantCulture), Heads, Units, Length, task.Definition.LabelNames) with
                { HiddenDropout = 0, AttentionDropout = 0 };
                lines.Add(Train(task, tokenizer, config, settings));
            }
        }

        var chart = new LineChart
        {
            Title = $"{task.Definition.Name}: training loss in float32 and bfloat16",
            Description = "Mean loss of every epoch of the same fine-tuning in both precisions, from the same weights in the same order; bfloat16 is dashed.",
            X = new Axis("epoch") { WholeNumbers = true },
            Y = new Axis("mean training loss"),
            Series = lines,
        };
        File.WriteAllText(output, chart.ToSvg());
        return true;
    }

    private static Series Train(TaskData task, ITokenizer tokenizer, BertConfig config, TrainingSettings settings)
    {
        var start = new Checkpoint { Config = config, Parameters = FirstWeights(config, settings.FineTuning.Seed), Tokenizer = tokenizer };
        using var engine = new CpuEngine(threadsPerLane: Threads);
        TrainingOutcome outcome = SuperNetworkTraining.Run(task, start, settings, engine, TimeProvider.System);
        string name = $"{settings.Trainer.Precision.ToString().ToLowerInvariant()}, seed {settings.FineTuning.Seed}";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: losses {string.Join(' ', outcome.FineTuning.Epochs.Select(epoch => epoch.Loss.ToString("0.0000", CultureInfo.InvariantCulture)))}; validation {outcome.FineTuning.Kept.Score:0.0000}, test {outcome.TestScore:0.0000}; {outcome.FineTuning.Epochs.Sum(epoch => epoch.Seconds):0.0} s, {outcome.Speed.TokensPerSecond:0} tokens/s, {outcome.Speed.ShareOfPeak:0.0 %} of peak"));
        return new Series(name, [.. outcome.FineTuning.Epochs.Select(epoch => new ChartPoint(epoch.Epoch, epoch.Loss))])
        {
            Color = settings.FineTuning.Seed,
            Dashed = settings.Trainer.Precision == Precision.BFloat16,
        };
    }

    private static BertParameters FirstWeights(BertConfig config, int seed)
    {
        BertParameters parameters = BertParameters.Random(config, seed, Deviation);
        foreach (AttentionParameters attention in parameters.Layers.Select(layer => layer.Attention).OfType<AttentionParameters>())
        {
            foreach (float[] weight in (float[][])[attention.Query.Weight, attention.Key.Weight])
            {
                for (int i = 0; i < weight.Length; i++)
                {
                    weight[i] *= AttentionGain;
                }
            }
        }

        return parameters;
    }
}
