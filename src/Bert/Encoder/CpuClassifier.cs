using Endpoints.Compute;
using Endpoints.Compute.Attention;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Normalization;

namespace Endpoints.Bert.Encoder;

/// <summary>Runs one sub-network on one lane: embeddings, encoder layers, pooler, classifier, on a ragged batch.</summary>
/// <remarks>
/// The classifier reads each sequence's first token only, so the last layer that computes anything computes queries, output and feed-forward for
/// those rows alone (its keys and values still come from every token).
/// </remarks>
internal sealed unsafe class CpuClassifier(CpuSuperNetwork network, EncoderPlan plan, CpuLane lane) : IClassifier
{
    private readonly BertConfig _config = network.Config;

    public int LabelCount => _config.LabelCount;

    public int MaxSequenceLength => _config.MaxPositions;

    public void Classify(TokenBatch batch, Span<float> logits)
    {
        if (logits.Length < batch.Count * LabelCount)
        {
            throw new ArgumentException($"Room for {batch.Count} × {LabelCount} logits is expected, there is room for {logits.Length}.", nameof(logits));
        }

        BatchInputs inputs = lane.Inputs;
        inputs.Load(batch, _config);
        MatrixView first = Encode(inputs);
        MatrixView pooled = lane.Workspace.Pooled.Matrix(inputs.Count, _config.HiddenSize);
        Gemm.Multiply(lane.Team, LeftView.Of(first), network.Pooler.View.Weight, pooled, new AddBiasTanh(network.Pooler.View.Bias));
        MatrixView output = lane.Workspace.Logits.Matrix(inputs.Count, LabelCount);
        Gemm.Multiply(lane.Team, LeftView.Of(pooled), network.Classifier.View.Weight, output, new AddBias(network.Classifier.View.Bias));
        new ReadOnlySpan<float>(output.Data, inputs.Count * LabelCount).CopyTo(logits);

        // Kernels hold plain pointers; nothing that owns their memory may be finalised before they are done.
        GC.KeepAlive(this);
    }

    /// <summary>The last hidden state of each sequence's first token.</summary>
    private MatrixView Encode(BatchInputs inputs)
    {
        MatrixView hidden = lane.Workspace.Hidden.Matrix(inputs.TokenCount, _config.HiddenSize);
        inputs.Embed(lane.Team, network.Words, network.Positions, network.Types, hidden);
        LayerNorm.Forward(lane.Team, hidden, network.EmbeddingNorm.Gamma, network.EmbeddingNorm.Beta, _config.LayerNormEpsilon, hidden);
        for (int i = 0; i < plan.Layers.Count; i++)
        {
            bool last = i == plan.Layers.Count - 1;
            MatrixView rows = last ? FirstTokens(hidden, inputs) : hidden;
            if (plan.Layers[i].Attention is { } attention)
            {
                rows = Attend(attention, rows, hidden, inputs, last ? inputs.Ordinals : inputs.Offsets);
            }

            hidden = plan.Layers[i].FeedForward is { } feedForward ? FeedForward(feedForward, rows) : rows;
        }

        return plan.Layers.Count == 0 ? FirstTokens(hidden, inputs) : hidden;
    }

    /// <summary>LN(x + W_O · attention(x)); queries and results for <paramref name="rows"/>, keys and values from <paramref name="hidden"/>.</summary>
    private MatrixView Attend(AttentionPlan plan, MatrixView rows, MatrixView hidden, BatchInputs inputs, int* queryOffsets)
    {
        Workspace memory = lane.Workspace;
        int width = plan.Query.Outputs;
        MatrixView q = memory.Query.Matrix(rows.Rows, width);
        MatrixView k = memory.Key.Matrix(hidden.Rows, width);
        MatrixView v = memory.Value.Matrix(hidden.Rows, width);
        MatrixView context = memory.Context.Matrix(rows.Rows, width);
        Gemm.Multiply(lane.Team, LeftView.Of(rows), plan.Query.Weight, q, new AddBias(plan.Query.Bias));
        Gemm.Multiply(lane.Team, LeftView.Of(hidden), plan.Key.Weight, k, new AddBias(plan.Key.Bias));
        Gemm.Multiply(lane.Team, LeftView.Of(hidden), plan.Value.Weight, v, new AddBias(plan.Value.Bias));
        var shape = new AttentionShape(inputs.Count, plan.Heads, _config.HeadSize, queryOffsets, inputs.Offsets);
        AttentionForward.Run(lane.Team, shape, q, k, v, context, memory.Scratch.For(inputs.MaxLength, _config.HeadSize));
        MatrixView output = NotIn(rows).Matrix(rows.Rows, _config.HiddenSize);
        Gemm.Multiply(lane.Team, LeftView.Of(context), plan.Output.Weight, output, new AddBiasResidual(plan.Output.Bias, rows));
        LayerNorm.Forward(lane.Team, output, plan.Norm.Gamma, plan.Norm.Beta, _config.LayerNormEpsilon, output);
        return output;
    }

    /// <summary>LN(z + W₂ · GELU(W₁ · z)).</summary>
    private MatrixView FeedForward(FeedForwardPlan plan, MatrixView rows)
    {
        Workspace memory = lane.Workspace;
        MatrixView units = memory.Units.Matrix(rows.Rows, plan.Up.Outputs);
        Gemm.Multiply(lane.Team, LeftView.Of(rows), plan.Up.Weight, units, new AddBiasGelu(plan.Up.Bias));
        MatrixView output = NotIn(rows).Matrix(rows.Rows, _config.HiddenSize);
        Gemm.Multiply(lane.Team, LeftView.Of(units), plan.Down.Weight, output, new AddBiasResidual(plan.Down.Bias, rows));
        LayerNorm.Forward(lane.Team, output, plan.Norm.Gamma, plan.Norm.Beta, _config.LayerNormEpsilon, output);
        return output;
    }

    /// <summary>Hidden or Attended: the one that a block's input is not in, for the input is added to the output at the end.</summary>
    private GrowingBuffer NotIn(MatrixView input)
    {
        Workspace memory = lane.Workspace;
        return input.Data == memory.Attended.Matrix(0, 0).Data ? memory.Hidden : memory.Attended;
    }

    private MatrixView FirstTokens(MatrixView hidden, BatchInputs inputs)
    {
        MatrixView first = lane.Workspace.First.Matrix(inputs.Count, _config.HiddenSize);
        for (int i = 0; i < inputs.Count; i++)
        {
            new ReadOnlySpan<float>(hidden.Row(inputs.Offsets[i]), hidden.Columns).CopyTo(new Span<float>(first.Row(i), hidden.Columns));
        }

        return first;
    }
}
