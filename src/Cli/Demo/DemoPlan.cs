using Endpoints.Bert;
using Endpoints.Compute;
using Endpoints.Pruning.FineTuning;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Tasks.Demo;

namespace Endpoints.Cli.Demo;

/// <summary>What the demo does, and how much of it: the choices, not the results.</summary>
internal sealed record DemoPlan
{
    public required DemoSizes Sizes { get; init; }

    public required FineTuningOptions FineTuning { get; init; }

    /// <summary>Standard deviation of the first weights: a network this narrow starts slowly from BERT's 0.02.</summary>
    public float Deviation { get; init; } = 0.08f;

    /// <summary>
    /// Factor of the first query and key weights: attention that starts out uneven leaves the plateau, where every answer is a guess, within an epoch.
    /// </summary>
    public float AttentionGain { get; init; } = 2f;

    public int Layers { get; init; } = 4;

    public int Hidden { get; init; } = 128;

    public int Heads { get; init; } = 4;

    public int Units { get; init; } = 512;

    public int MaxLength { get; init; } = 64;

    /// <summary>What everything after training runs in: scores, search and endpoints alike, so that what was measured is what is served.</summary>
    public Precision Precision { get; init; } = PrecisionSupport.Default;

    public required SearchSettings Search { get; init; }

    public string Pick { get; init; } = "params<60%";

    /// <summary>Points of accuracy, as a share, that the cascade may lose against the base: its small network is the first half of the base's layers.</summary>
    public double CascadeMaxLoss { get; init; } = 0.01;

    public required string Users { get; init; }

    public required string Stage { get; init; }

    /// <summary>The promise of every endpoint: wait longer than this and be turned away.</summary>
    public string MaxQueueDelay { get; init; } = "00:00:00.010";

    /// <summary>One thread computes, so that one core is left for the virtual users and the server's connections.</summary>
    public int ComputeThreads { get; init; } = 1;

    public static DemoPlan Default { get; } = new()
    {
        Sizes = DemoSizes.Default,
        FineTuning = new FineTuningOptions { Epochs = 12, BatchSize = 16, LearningRate = 3e-4f, WarmUp = 0.1 },
        Search = new SearchSettings { Trials = 80, MaxLength = 64 },
        Users = "10,20,40,60,80,100,120,140,170,200",
        Stage = "3s",
    };

    public static DemoPlan Quick { get; } = new()
    {
        // Twice the pairs and more epochs than the quickest: a base that answers little better than its first half makes no cascade.
        Sizes = DemoSizes.Quick with { Train = 4_000 },
        CascadeMaxLoss = 0.02,
        FineTuning = new FineTuningOptions { Epochs = 6, BatchSize = 16, LearningRate = 3e-4f, WarmUp = 0.1 },
        Search = new SearchSettings { Trials = 20, MaxLength = 64 },
        Users = "10,60,150",
        Stage = "1s",
    };

    /// <summary>The weights that training starts from.</summary>
    public BertParameters FirstWeights(BertConfig config, int seed)
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

    public BertConfig Config(int vocabularySize, IReadOnlyList<string> labels) =>
        BertConfig.Uniform(vocabularySize, Hidden, Layers, Heads, Units, MaxLength, [.. labels]) with { HiddenDropout = 0, AttentionDropout = 0 };
}
