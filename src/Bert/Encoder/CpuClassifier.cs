using Endpoints.Compute;
using Endpoints.Compute.Attention;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Normalization;

namespace Endpoints.Bert.Encoder;

/// <summary>Runs one sub-network on one lane: embeddings, encoder layers, pooler, classifier, on a ragged batch.</summary>
/// <remarks>
/// The classifier reads each sequence's first token only, so the last layer that computes anything computes queries, output and feed-forward for
/// those rows alone (its keys and values still come from every token).
/// </remarks>
internal sealed unsafe class CpuClassifier(CpuSuperNetwork network, EncoderPlan plan, CpuLane lane) : IClassifier, IEncoder
{
    private readonly BertConfig _config = network.Config;

    /// <summary>What linear layers write between the blocks' ends: bfloat16 also where they read bytes, which need a whole row first.</summary>
    private readonly Precision _stored = network.Precision == Precision.Float32 ? Precision.Float32 : Precision.BFloat16;

    public int LabelCount => _config.LabelCount;

    public int HiddenSize => _config.HiddenSize;

    public int MaxSequenceLength => _config.MaxSequenceLength;

    public void Classify(TokenBatch batch, Span<float> logits)
    {
        if (logits.Length < batch.Count * LabelCount)
        {
            throw new ArgumentException($"Room for {batch.Count} × {LabelCount} logits is expected, there is room for {logits.Length}.", nameof(logits));
        }

        MatrixView pooled = Pool(batch);
        MatrixView output = lane.Workspace.Logits.Matrix(pooled.Rows, LabelCount);
        LinearForward.Run(lane.Team, network.Classifier.View.Add(Activations.Of(pooled), Activations.Of(output)));
        new ReadOnlySpan<float>(output.Data, pooled.Rows * LabelCount).CopyTo(logits);

        // Kernels hold plain pointers; nothing that owns their memory may be finalised before they are done.
        GC.KeepAlive(this);
    }

    public void Pool(TokenBatch batch, Span<float> pooled)
    {
        if (pooled.Length < batch.Count * HiddenSize)
        {
            throw new ArgumentException($"Room for {batch.Count} × {HiddenSize} values is expected, there is room for {pooled.Length}.", nameof(pooled));
        }

        MatrixView output = Pool(batch);
        new ReadOnlySpan<float>(output.Data, output.Rows * output.Columns).CopyTo(pooled);
        GC.KeepAlive(this);
    }

    /// <summary>tanh(W_p h + b_p) of each sequence's first token, in the lane's memory.</summary>
    private MatrixView Pool(TokenBatch batch)
    {
        BatchInputs inputs = lane.Inputs;
        inputs.Load(batch, _config);
        HiddenState first = Encode(inputs);
        MatrixView pooled = lane.Workspace.Pooled.Matrix(inputs.Count, _config.HiddenSize);
        LinearForward.Run(lane.Team, network.Pooler.View.Tanh(Activations.Of(first.Values), Activations.Of(pooled)));
        return pooled;
    }

    /// <summary>The last hidden state of each sequence's first token.</summary>
    private HiddenState Encode(BatchInputs inputs)
    {
        HiddenState hidden = lane.Workspace.Hidden.Matrix(network.Precision, inputs.TokenCount, _config.HiddenSize);
        inputs.Embed(lane.Team, network.Words, network.Positions, network.Types, hidden.Values);
        Normalize(network.EmbeddingNorm, hidden);
        bool isHidden = true;
        for (int i = 0; i < plan.Layers.Count; i++)
        {
            bool isLast = i == plan.Layers.Count - 1;
            HiddenState rows = isLast ? FirstTokens(hidden, inputs) : hidden;
            if (plan.Layers[i].Attention is { } attention)
            {
                rows = Attend(attention, rows, hidden, inputs, isLast ? inputs.Ordinals : inputs.Offsets, Next(ref isHidden));
            }

            hidden = plan.Layers[i].FeedForward is { } feedForward ? FeedForward(feedForward, rows, Next(ref isHidden)) : rows;
        }

        return plan.Layers.Count == 0 ? FirstTokens(hidden, inputs) : hidden;
    }

    /// <summary>LN(x + W_O · attention(x)); queries and results for <paramref name="rows"/>, keys and values from <paramref name="hidden"/>.</summary>
    private HiddenState Attend(AttentionPlan plan, HiddenState rows, HiddenState hidden, BatchInputs inputs, int* queryOffsets, HiddenBuffer target)
    {
        Workspace memory = lane.Workspace;
        int width = plan.Query.Outputs, count = rows.Values.Rows, all = hidden.Values.Rows;
        Activations q = memory.Query.Matrix(_stored, count, width), context = memory.Context.Matrix(_stored, count, width);
        Activations k = memory.Key.Matrix(_stored, all, width), v = memory.Value.Matrix(_stored, all, width);
        LinearForward.Run(lane.Team, plan.Query.Add(rows.Operand, q), plan.Key.Add(hidden.Operand, k), plan.Value.Add(hidden.Operand, v));
        var shape = new AttentionShape(inputs.Count, plan.Heads, _config.HeadSize, queryOffsets, inputs.Offsets);
        AttentionForward.Run(lane.Team, shape, q, k, v, context, memory.Scratch.For(inputs.MaxLength, _config.HeadSize));
        return Finish(plan.Output, context, rows, plan.Norm, target);
    }

    /// <summary>LN(z + W₂ · GELU(W₁ · z)).</summary>
    private HiddenState FeedForward(FeedForwardPlan plan, HiddenState rows, HiddenBuffer target)
    {
        Activations units = lane.Workspace.Units.Matrix(_stored, rows.Values.Rows, plan.Up.Outputs);
        if (_stored == Precision.Float32)
        {
            LinearForward.Run(lane.Team, plan.Up.Gelu(rows.Operand, units));
        }
        else
        {
            LinearForward.Run(lane.Team, plan.Up.GeluRounded(rows.Operand, units));
        }

        return Finish(plan.Down, units, rows, plan.Norm, target);
    }

    /// <summary>LN(x + W · input): how both blocks end.</summary>
    private HiddenState Finish(LinearView linear, Activations input, HiddenState residual, PackedNorm norm, HiddenBuffer target)
    {
        HiddenState output = target.Matrix(network.Precision, input.Rows, _config.HiddenSize);
        LinearForward.Run(lane.Team, linear.Residual(Rounded(input), Activations.Of(output.Values), residual.Values));
        Normalize(norm, output);
        return output;
    }

    /// <summary>Normalises in place, and rounds to what the next linear layers read.</summary>
    private void Normalize(PackedNorm norm, HiddenState hidden)
    {
        if (network.Precision == Precision.Float32)
        {
            LayerNorm.Forward(lane.Team, hidden.Values, norm.Gamma, norm.Beta, _config.LayerNormEpsilon, hidden.Values);
        }
        else
        {
            LayerNorm.Forward(lane.Team, hidden.Values, norm.Gamma, norm.Beta, _config.LayerNormEpsilon, hidden.Values, hidden.Operand);
        }
    }

    /// <summary>Activations as a linear layer reads them: only bytes are not what was stored.</summary>
    private Activations Rounded(Activations stored)
    {
        if (network.Precision != Precision.Int8)
        {
            return stored;
        }

        Activations bytes = lane.Workspace.Bytes.Matrix(Precision.Int8, stored.Rows, stored.Columns);
        ActivationConversion.Run(lane.Team, stored, bytes);
        return bytes;
    }

    /// <summary>The buffer that the current hidden states are not in: they are added to the output at the end.</summary>
    private HiddenBuffer Next(ref bool isHidden)
    {
        isHidden = !isHidden;
        return isHidden ? lane.Workspace.Hidden : lane.Workspace.Attended;
    }

    private HiddenState FirstTokens(HiddenState hidden, BatchInputs inputs)
    {
        HiddenState first = lane.Workspace.First.Matrix(network.Precision, inputs.Count, _config.HiddenSize);
        for (int i = 0; i < inputs.Count; i++)
        {
            int width = _config.HiddenSize;
            new ReadOnlySpan<float>(hidden.Values.Row(inputs.Offsets[i]), width).CopyTo(new Span<float>(first.Values.Row(i), width));
        }

        if (network.Precision != Precision.Float32)
        {
            ActivationConversion.Run(lane.Team, Activations.Of(first.Values), first.Operand);
        }

        return first;
    }
}
