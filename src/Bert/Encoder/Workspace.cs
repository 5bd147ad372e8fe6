using Endpoints.Compute;
using Endpoints.Compute.Attention;

namespace Endpoints.Bert.Encoder;

/// <summary>The activations of one batch. They grow to the largest batch seen and are then reused: a warm lane allocates nothing.</summary>
internal sealed class Workspace(int threads) : IDisposable
{
    public GrowingBuffer Hidden { get; } = new();

    public GrowingBuffer First { get; } = new();

    public GrowingBuffer Query { get; } = new();

    public GrowingBuffer Key { get; } = new();

    public GrowingBuffer Value { get; } = new();

    public GrowingBuffer Context { get; } = new();

    public GrowingBuffer Attended { get; } = new();

    public GrowingBuffer Units { get; } = new();

    public GrowingBuffer Pooled { get; } = new();

    public GrowingBuffer Logits { get; } = new();

    public GrowingAttentionScratch Scratch { get; } = new(threads, backward: false);

    public void Dispose()
    {
        foreach (GrowingBuffer buffer in (GrowingBuffer[])[Hidden, First, Query, Key, Value, Context, Attended, Units, Pooled, Logits])
        {
            buffer.Dispose();
        }

        Scratch.Dispose();
    }
}
