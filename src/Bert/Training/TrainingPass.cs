using Endpoints.Bert.Encoder;
using Endpoints.Compute;
using Endpoints.Compute.Attention;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Training;

namespace Endpoints.Bert.Training;

/// <summary>What the blocks of one pass share: the team, the batch, the dropout of this pass, and memory for gradients on their way down.</summary>
internal sealed unsafe class TrainingPass(ThreadTeam team, BertConfig config, TrainerOptions options) : IDisposable
{
    private ulong _number;

    public ThreadTeam Team { get; } = team;

    public BertConfig Config { get; } = config;

    public BatchInputs Inputs { get; } = new();

    /// <summary>True where no weight's gradient is wanted.</summary>
    public bool IsFrozen => options.FreezeWeights;

    /// <summary>Takes the gradients of masks from the backward; null where nobody asks for them.</summary>
    public MaskGradientRecorder? Masks { get; set; }

    public GrowingAttentionScratch Scratch { get; } = new(team.Size, backward: true);

    /// <summary>What the product at hand multiplies with a weight, or a gradient with.</summary>
    public TrainingOperand Input { get; } = new();

    /// <summary>The rows that the last layer computes, where <see cref="Input"/> holds them all.</summary>
    public TrainingOperand FirstRows { get; } = new();

    /// <summary>The gradient on its way through a linear layer.</summary>
    public TrainingOperand Gradient { get; } = new();

    /// <summary>Operations of all matrix products so far; a multiply-add counts 2.</summary>
    public double Operations { get; private set; }

    public GrowingBuffer Branch { get; } = new();

    public GrowingBuffer Context { get; } = new();

    public GrowingBuffer Query { get; } = new();

    public GrowingBuffer Key { get; } = new();

    public GrowingBuffer Value { get; } = new();

    public GrowingBuffer Units { get; } = new();

    /// <summary>Takes the next batch in; its dropout masks differ from those of every other pass.</summary>
    public void Begin(TokenBatch batch)
    {
        Inputs.Load(batch, Config);
        _number++;
    }

    /// <summary>Counts a product of m × k by k × n.</summary>
    public void Count(int m, int k, int n) => Operations += 2.0 * m * k * n;

    /// <summary>Counts products of every query with every key of its sequence.</summary>
    public void CountAttention(int* queryOffsets, int width, int products)
    {
        for (int i = 0; i < Inputs.Count; i++)
        {
            Operations += 2.0 * products * width * (queryOffsets[i + 1] - queryOffsets[i]) * (Inputs.Offsets[i + 1] - Inputs.Offsets[i]);
        }
    }

    /// <summary>The mask of a site after which hidden states are dropped.</summary>
    public Dropout HiddenDropout(int site) => Dropout(options.Dropout ?? Config.HiddenDropout, site);

    /// <summary>The mask of the pooled vectors.</summary>
    public Dropout PooledDropout(int site) => Dropout(options.PooledDropout ?? options.Dropout ?? Config.HiddenDropout, site);

    /// <summary>The mask of a layer's attention probabilities.</summary>
    public Dropout AttentionDropout(int site) => Dropout(options.Dropout ?? Config.AttentionDropout, site);

    public void Dispose()
    {
        foreach (IDisposable part in (IDisposable[])[Inputs, Scratch, Input, FirstRows, Gradient, Branch, Context, Query, Key, Value, Units])
        {
            part.Dispose();
        }
    }

    private Dropout Dropout(float rate, int site) => rate == 0 ? default : new Dropout(rate, ((ulong)(uint)options.Seed << 32) ^ (_number << 10) ^ (uint)site);
}
