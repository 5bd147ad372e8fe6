using Endpoints.Compute;
using Endpoints.Compute.Attention;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Normalization;

namespace Endpoints.Bert.Encoder;

/// <summary>The parts of a pass through a network on one lane: embeddings, encoder layers, pooler, classifier, on a ragged batch.</summary>
/// <remarks>
/// The classifier reads each sequence's first token only, so the last layer that computes anything computes queries, output and feed-forward for
/// those rows alone (its keys and values still come from every token).
/// </remarks>
internal sealed unsafe class EncoderPass(CpuSuperNetwork network, CpuLane lane)
{
    private readonly BertConfig _config = network.Config;

    /// <summary>What linear layers write between the blocks' ends: bfloat16 also where they read bytes, which need a whole row first.</summary>
    private readonly Precision _stored = network.Precision == Precision.Float32 ? Precision.Float32 : Precision.BFloat16;

    /// <summary>Every token's embedding.</summary>
    public HiddenState Embed(BatchInputs inputs, HiddenTurns memory)
    {
        HiddenState hidden = memory.Next().Matrix(network.Precision, inputs.TokenCount, _config.HiddenSize);
        inputs.Embed(lane.Team, network.Words, network.Positions, network.Types, hidden.Values);
        Normalize(network.EmbeddingNorm, hidden);
        return hidden;
    }

    /// <summary>Every token's hidden state after the layers <paramref name="from"/> to <paramref name="to"/> (not included) of a plan.</summary>
    public HiddenState Run(EncoderPlan plan, int from, int to, HiddenState hidden, BatchInputs inputs, HiddenTurns memory)
    {
        for (int i = from; i < to; i++)
        {
            hidden = Run(plan.Layers[i], hidden, hidden, inputs, inputs.Offsets, memory);
        }

        return hidden;
    }

    /// <summary>The hidden state of each sequence's first token after the layers from <paramref name="from"/> to the last of a plan.</summary>
    public HiddenState RunToEnd(EncoderPlan plan, int from, HiddenState hidden, BatchInputs inputs, HiddenTurns memory)
    {
        int last = plan.Layers.Count - 1;
        if (from > last)
        {
            return FirstTokens(hidden, inputs);
        }

        hidden = Run(plan, from, last, hidden, inputs, memory);
        return Run(plan.Layers[last], FirstTokens(hidden, inputs), hidden, inputs, inputs.Ordinals, memory);
    }

    /// <summary>tanh(W_p h + b_p) of each sequence's first token, in the lane's memory.</summary>
    public MatrixView Pool(HiddenState first)
    {
        MatrixView pooled = lane.Workspace.Pooled.Matrix(first.Values.Rows, _config.HiddenSize);
        LinearForward.Run(lane.Team, network.Pooler.View.Tanh(Activations.Of(first.Values), Activations.Of(pooled)));
        return pooled;
    }

    /// <summary>The logits of each sequence, from its first token.</summary>
    public void Classify(HiddenState first, Span<float> logits)
    {
        MatrixView pooled = Pool(first);
        MatrixView output = lane.Workspace.Logits.Matrix(pooled.Rows, _config.LabelCount);
        LinearForward.Run(lane.Team, network.Classifier.View.Add(Activations.Of(pooled), Activations.Of(output)));
        new ReadOnlySpan<float>(output.Data, output.Rows * output.Columns).CopyTo(logits);
    }

    /// <summary>The hidden states of some sequences of a batch, end to end.</summary>
    /// <param name="hidden">Every token's.</param>
    /// <param name="offsets">Where the batch's sequences begin in <paramref name="hidden"/>.</param>
    /// <param name="sequences">Which of them, in the order of <paramref name="inputs"/>.</param>
    /// <param name="inputs">These sequences as a batch of their own.</param>
    /// <param name="memory">Receives them; not where <paramref name="hidden"/> is.</param>
    public HiddenState Gather(HiddenState hidden, ReadOnlySpan<int> offsets, ReadOnlySpan<int> sequences, BatchInputs inputs, HiddenTurns memory)
    {
        HiddenState some = memory.Next().Matrix(network.Precision, inputs.TokenCount, _config.HiddenSize);
        for (int i = 0; i < sequences.Length; i++)
        {
            // Rows of both lie equally far apart; the last one has no gap after it.
            int length = ((inputs.Offsets[i + 1] - inputs.Offsets[i] - 1) * some.Values.Stride) + _config.HiddenSize;
            new ReadOnlySpan<float>(hidden.Values.Row(offsets[sequences[i]]), length).CopyTo(new Span<float>(some.Values.Row(inputs.Offsets[i]), length));
        }

        RoundValues(some);
        return some;
    }

    private HiddenState Run(LayerPlan layer, HiddenState rows, HiddenState hidden, BatchInputs inputs, int* queryOffsets, HiddenTurns memory)
    {
        if (layer.Attention is { } attention)
        {
            rows = Attend(attention, rows, hidden, inputs, queryOffsets, memory.Next());
        }

        return layer.FeedForward is { } feedForward ? FeedForward(feedForward, rows, memory.Next()) : rows;
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

    private HiddenState FirstTokens(HiddenState hidden, BatchInputs inputs)
    {
        HiddenState first = lane.Workspace.First.Matrix(network.Precision, inputs.Count, _config.HiddenSize);
        for (int i = 0; i < inputs.Count; i++)
        {
            int width = _config.HiddenSize;
            new ReadOnlySpan<float>(hidden.Values.Row(inputs.Offsets[i]), width).CopyTo(new Span<float>(first.Values.Row(i), width));
        }

        RoundValues(first);
        return first;
    }

    /// <summary>Rounds values that were copied, to the bits that <see cref="Normalize"/> rounds them to.</summary>
    private void RoundValues(HiddenState hidden)
    {
        if (network.Precision != Precision.Float32)
        {
            ActivationConversion.Run(lane.Team, Activations.Of(hidden.Values), hidden.Operand);
        }
    }
}
