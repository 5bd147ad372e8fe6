using Endpoints.Compute;
using Endpoints.Compute.Attention;
using Endpoints.Compute.Linear;

namespace Endpoints.Bert.Encoder;

/// <summary>The activations of one batch. They grow to the largest batch seen and are then reused: a warm lane allocates nothing.</summary>
internal sealed class Workspace(int threads) : IDisposable
{
    public HiddenTurns Hidden { get; } = new();

    /// <summary>For what is computed while the state in <see cref="Hidden"/> is still needed.</summary>
    public HiddenTurns Branch { get; } = new();

    /// <summary>Hidden states of the first tokens only.</summary>
    public HiddenBuffer First { get; } = new();

    public ActivationBuffer Query { get; } = new();

    public ActivationBuffer Key { get; } = new();

    public ActivationBuffer Value { get; } = new();

    public ActivationBuffer Context { get; } = new();

    public ActivationBuffer Units { get; } = new();

    /// <summary>What is rounded to bytes on its way from one linear layer to the next.</summary>
    public ActivationBuffer Bytes { get; } = new();

    public GrowingBuffer Pooled { get; } = new();

    public GrowingBuffer Logits { get; } = new();

    public GrowingAttentionScratch Scratch { get; } = new(threads, backward: false);

    public void Dispose()
    {
        foreach (IDisposable buffer in (IDisposable[])[Hidden, Branch, First, Query, Key, Value, Context, Units, Bytes, Pooled, Logits, Scratch])
        {
            buffer.Dispose();
        }
    }
}
