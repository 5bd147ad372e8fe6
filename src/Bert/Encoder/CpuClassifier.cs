using Endpoints.Compute;

namespace Endpoints.Bert.Encoder;

/// <summary>Runs one sub-network on one lane, from tokens to logits or pooled vectors.</summary>
internal sealed unsafe class CpuClassifier(CpuSuperNetwork network, EncoderPlan plan, CpuLane lane) : IClassifier, IEncoder
{
    private readonly EncoderPass _pass = new(network, lane);

    public int LabelCount => network.Config.LabelCount;

    public int HiddenSize => network.Config.HiddenSize;

    public int MaxSequenceLength => network.Config.MaxSequenceLength;

    public void Classify(TokenBatch batch, Span<float> logits)
    {
        RequireRoom(batch, logits);
        _pass.Classify(Encode(batch), logits);

        // Kernels hold plain pointers; nothing that owns their memory may be finalised before they are done.
        GC.KeepAlive(this);
    }

    public bool TryClassify(TokenBatch batch, Span<float> logits, Func<bool> isWanted)
    {
        RequireRoom(batch, logits);
        lane.Inputs.Load(batch, network.Config);
        HiddenTurns memory = lane.Workspace.Hidden;
        HiddenState hidden = _pass.Embed(lane.Inputs, memory);
        for (int layer = 0; isWanted(); layer++)
        {
            if (layer >= plan.Layers.Count - 1)
            {
                _pass.Classify(_pass.RunToEnd(plan, layer, hidden, lane.Inputs, memory), logits);
                GC.KeepAlive(this);
                return true;
            }

            hidden = _pass.Run(plan, layer, layer + 1, hidden, lane.Inputs, memory);
        }

        GC.KeepAlive(this);
        return false;
    }

    public void Pool(TokenBatch batch, Span<float> pooled)
    {
        if (pooled.Length < batch.Count * HiddenSize)
        {
            throw new ArgumentException($"Room for {batch.Count} × {HiddenSize} values is expected, there is room for {pooled.Length}.", nameof(pooled));
        }

        MatrixView output = _pass.Pool(Encode(batch));
        new ReadOnlySpan<float>(output.Data, output.Rows * output.Columns).CopyTo(pooled);
        GC.KeepAlive(this);
    }

    private void RequireRoom(TokenBatch batch, Span<float> logits)
    {
        if (logits.Length < batch.Count * LabelCount)
        {
            throw new ArgumentException($"Room for {batch.Count} × {LabelCount} logits is expected, there is room for {logits.Length}.", nameof(logits));
        }
    }

    /// <summary>The last hidden state of each sequence's first token.</summary>
    private HiddenState Encode(TokenBatch batch)
    {
        lane.Inputs.Load(batch, network.Config);
        HiddenTurns memory = lane.Workspace.Hidden;
        return _pass.RunToEnd(plan, 0, _pass.Embed(lane.Inputs, memory), lane.Inputs, memory);
    }
}
