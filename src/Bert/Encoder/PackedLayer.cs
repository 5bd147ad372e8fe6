using Endpoints.Compute;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Linear;

namespace Endpoints.Bert.Encoder;

/// <summary>A linear layer ready to multiply: packed weight and aligned bias.</summary>
internal sealed class PackedLinear : IDisposable
{
    private readonly PackedWeights _weights;
    private readonly FloatBuffer _bias;

    public PackedLinear(LinearParameters linear, Precision precision)
    {
        _weights = new PackedWeights(precision, linear.Inputs, linear.Outputs, linear.Weight);
        _bias = new FloatBuffer(linear.Outputs);
        linear.Bias.CopyTo(_bias.Span);
        View = new LinearView(_weights.View, _bias);
    }

    public long Bytes => _weights.Bytes + (_bias.Length * sizeof(float));

    public LinearView View { get; }

    public void Dispose()
    {
        _weights.Dispose();
        _bias.Dispose();
    }

    /// <summary>The first outputs of the first inputs, as a view.</summary>
    public LinearView Prefix(int inputs, int outputs) => new(_weights.Prefix(inputs, outputs), _bias);
}

/// <summary>A linear layer, or a prefix of one, as kernels take it.</summary>
internal sealed unsafe class LinearView(WeightsView weights, FloatBuffer bias)
{
    public int Outputs => weights.Columns;

    public LinearLayer<AddBias> Add(Activations input, Activations output) => new(input, weights, output, new(bias.Pointer));

    public LinearLayer<AddBiasGelu> Gelu(Activations input, Activations output) => new(input, weights, output, new(bias.Pointer));

    public LinearLayer<AddBiasGeluRounded> GeluRounded(Activations input, Activations output) => new(input, weights, output, new(bias.Pointer));

    public LinearLayer<AddBiasTanh> Tanh(Activations input, Activations output) => new(input, weights, output, new(bias.Pointer));

    public LinearLayer<AddBiasResidual> Residual(Activations input, Activations output, MatrixView residual) =>
        new(input, weights, output, new(bias.Pointer, residual));
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
internal sealed class PackedAttention(AttentionParameters attention, Precision precision) : IDisposable
{
    public PackedLinear Query { get; } = new(attention.Query, precision);

    public PackedLinear Key { get; } = new(attention.Key, precision);

    public PackedLinear Value { get; } = new(attention.Value, precision);

    public PackedLinear Output { get; } = new(attention.Output, precision);

    public PackedNorm Norm { get; } = new(attention.Norm);

    public long Bytes => Query.Bytes + Key.Bytes + Value.Bytes + Output.Bytes;

    public void Dispose()
    {
        Query.Dispose();
        Key.Dispose();
        Value.Dispose();
        Output.Dispose();
    }
}

/// <summary>The packed weights of a feed-forward block.</summary>
internal sealed class PackedFeedForward(FeedForwardParameters feedForward, Precision precision) : IDisposable
{
    public PackedLinear Up { get; } = new(feedForward.Up, precision);

    public PackedLinear Down { get; } = new(feedForward.Down, precision);

    public PackedNorm Norm { get; } = new(feedForward.Norm);

    public long Bytes => Up.Bytes + Down.Bytes;

    public void Dispose()
    {
        Up.Dispose();
        Down.Dispose();
    }
}

/// <summary>A layer's packed weights; absent blocks are null.</summary>
internal sealed class PackedLayer(LayerParameters layer, Precision precision) : IDisposable
{
    public PackedAttention? Attention { get; } = layer.Attention is { } attention ? new(attention, precision) : null;

    public PackedFeedForward? FeedForward { get; } = layer.FeedForward is { } feedForward ? new(feedForward, precision) : null;

    public long Bytes => (Attention?.Bytes ?? 0) + (FeedForward?.Bytes ?? 0);

    public void Dispose()
    {
        Attention?.Dispose();
        FeedForward?.Dispose();
    }
}
