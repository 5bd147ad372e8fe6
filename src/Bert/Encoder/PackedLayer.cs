using Endpoints.Compute;
using Endpoints.Compute.Gemm;

namespace Endpoints.Bert.Encoder;

/// <summary>A linear layer ready to multiply: packed weight and aligned bias.</summary>
internal sealed unsafe class PackedLinear
{
    private readonly PackedMatrix _weight;
    private readonly FloatBuffer _bias;

    public PackedLinear(LinearParameters linear)
    {
        _weight = new PackedMatrix(linear.Inputs, linear.Outputs);
        _weight.PackTransposed(linear.Weight);
        _bias = new FloatBuffer(linear.Outputs);
        linear.Bias.CopyTo(_bias.Span);
    }

    public long Bytes => _weight.Bytes + (_bias.Length * sizeof(float));

    public LinearView View => new(_weight.View, _bias.Pointer);

    /// <summary>The first outputs of the first inputs, as a view.</summary>
    public LinearView Prefix(int inputs, int outputs) => new(_weight.Prefix(inputs, outputs), _bias.Pointer);
}

/// <summary>A linear layer, or a prefix of one, as kernels take it.</summary>
internal readonly unsafe struct LinearView(RightView weight, float* bias)
{
    public RightView Weight { get; } = weight;

    public float* Bias { get; } = bias;

    public int Outputs => Weight.Columns;
}

/// <summary>LayerNorm's parameters in aligned memory.</summary>
internal sealed unsafe class PackedNorm
{
    private readonly FloatBuffer _gamma;
    private readonly FloatBuffer _beta;

    public PackedNorm(NormParameters norm)
    {
        _gamma = new FloatBuffer(norm.Width);
        _beta = new FloatBuffer(norm.Width);
        norm.Gamma.CopyTo(_gamma.Span);
        norm.Beta.CopyTo(_beta.Span);
    }

    public float* Gamma => _gamma.Pointer;

    public float* Beta => _beta.Pointer;
}

/// <summary>The packed weights of an attention block.</summary>
internal sealed class PackedAttention(AttentionParameters attention)
{
    public PackedLinear Query { get; } = new(attention.Query);

    public PackedLinear Key { get; } = new(attention.Key);

    public PackedLinear Value { get; } = new(attention.Value);

    public PackedLinear Output { get; } = new(attention.Output);

    public PackedNorm Norm { get; } = new(attention.Norm);

    public long Bytes => Query.Bytes + Key.Bytes + Value.Bytes + Output.Bytes;
}

/// <summary>The packed weights of a feed-forward block.</summary>
internal sealed class PackedFeedForward(FeedForwardParameters feedForward)
{
    public PackedLinear Up { get; } = new(feedForward.Up);

    public PackedLinear Down { get; } = new(feedForward.Down);

    public PackedNorm Norm { get; } = new(feedForward.Norm);

    public long Bytes => Up.Bytes + Down.Bytes;
}

/// <summary>A layer's packed weights; absent blocks are null.</summary>
internal sealed class PackedLayer(LayerParameters layer)
{
    public PackedAttention? Attention { get; } = layer.Attention is { } attention ? new(attention) : null;

    public PackedFeedForward? FeedForward { get; } = layer.FeedForward is { } feedForward ? new(feedForward) : null;

    public long Bytes => (Attention?.Bytes ?? 0) + (FeedForward?.Bytes ?? 0);
}
