using Endpoints.Bert.Cascades;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bert.Encoder;

/// <summary>
/// Two sub-networks of one network that keep the same first layers: these are computed once. The first one ends in its own way, while the hidden states after
/// the shared layers stay; the second one takes those of its sequences from there.
/// </summary>
/// <remarks>
/// A network's last layer computes first tokens only, so it is never among the shared ones: where the first network is the second one's first n layers, n - 1 are
/// shared and layer n is computed again for the sequences that go on. To keep all tokens of layer n instead would cost most of that layer for every sequence, which
/// pays only where five of six go on.
/// </remarks>
internal sealed class ContinuedClassifiers(CpuSuperNetwork network, EncoderPlan first, EncoderPlan second, int shared, CpuLane lane) : IClassifierPair
{
    private readonly EncoderPass _pass = new(network, lane);
    private readonly TokenBatch _some = new();
    private TokenBatch _batch = new(0, 0);
    private HiddenState _hidden;

    public int LabelCount => network.Config.LabelCount;

    public int MaxSequenceLength => network.Config.MaxSequenceLength;

    public int SharedLayers => shared;

    /// <summary>Layers that a pair computes once: the first ones that both keep alike, but the last of either.</summary>
    public static int CountShared(SubNetwork first, SubNetwork second)
    {
        int shared = 0;
        for (int i = 0; i < first.Layers.Length && first.Layers[i].Equals(second.Layers[i]); i++)
        {
            shared += first.Layers[i].IsEmpty ? 0 : 1;
        }

        int Last(SubNetwork network) => network.Layers.Count(layer => !layer.IsEmpty) - 1;
        return Math.Max(0, Math.Min(shared, Math.Min(Last(first), Last(second))));
    }

    public void ClassifyFirst(TokenBatch batch, Span<float> logits)
    {
        Require(batch.Count, logits.Length);
        _batch = batch;
        BatchInputs inputs = lane.Inputs;
        inputs.Load(batch, network.Config);
        HiddenTurns memory = lane.Workspace.Hidden;
        _hidden = _pass.Run(second, 0, shared, _pass.Embed(inputs, memory), inputs, memory);
        _pass.Classify(_pass.RunToEnd(first, shared, _hidden, inputs, lane.Workspace.Branch), logits);

        // Kernels hold plain pointers; nothing that owns their memory may be finalised before they are done.
        GC.KeepAlive(this);
    }

    public void ClassifySecond(ReadOnlySpan<int> rows, Span<float> logits)
    {
        Require(rows.Length, logits.Length);
        _some.Clear();
        foreach (int row in rows)
        {
            _some.Add(_batch, row);
        }

        BatchInputs inputs = lane.Inputs;
        inputs.Load(_some, network.Config);
        HiddenTurns memory = lane.Workspace.Branch;
        _pass.Classify(_pass.RunToEnd(second, shared, _pass.Gather(_hidden, _batch.Offsets, rows, inputs, memory), inputs, memory), logits);
        GC.KeepAlive(this);
    }

    private void Require(int rows, int room)
    {
        if (room < rows * LabelCount)
        {
            throw new ArgumentException($"Room for {rows} × {LabelCount} logits is expected, there is room for {room}.");
        }
    }
}
