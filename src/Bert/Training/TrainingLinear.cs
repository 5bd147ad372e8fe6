using Endpoints.Compute;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Training;

namespace Endpoints.Bert.Training;

/// <summary>A linear layer's packed weight, or a prefix of it, and its bias.</summary>
internal readonly unsafe struct TrainingView(RightView weight, float* bias)
{
    public RightView Weight { get; } = weight;

    public float* Bias { get; } = bias;
}

/// <summary>A linear layer in training: its weight packed both ways, and where its gradients are added up.</summary>
internal sealed unsafe class TrainingLinear : IDisposable
{
    private readonly LinearParameters _parameters;
    private readonly PackedMatrix _forward;
    private readonly PackedMatrix _backward;
    private readonly PinnedFloats _bias;
    private readonly PinnedFloats _weightGradient;
    private readonly PinnedFloats _biasGradient;

    public TrainingLinear(LinearParameters parameters, LinearParameters gradients)
    {
        _parameters = parameters;
        _forward = new PackedMatrix(parameters.Inputs, parameters.Outputs);
        _backward = new PackedMatrix(parameters.Outputs, parameters.Inputs);
        _bias = new PinnedFloats(parameters.Bias);
        _weightGradient = new PinnedFloats(gradients.Weight);
        _biasGradient = new PinnedFloats(gradients.Bias);
    }

    /// <summary>Packs the weight again, after an update.</summary>
    public void Pack()
    {
        _forward.PackTransposed(_parameters.Weight);
        _backward.Pack(_parameters.Weight);
    }

    /// <summary>The first outputs of the first inputs, for the forward.</summary>
    public TrainingView Prefix(int inputs, int outputs) => new(_forward.Prefix(inputs, outputs), _bias.Pointer);

    /// <summary>Adds dW += dyᵀ x and db += Σ dy of the prefix that <paramref name="x"/> and <paramref name="dy"/> have the widths of.</summary>
    public void AddGradients(ThreadTeam team, MatrixView x, MatrixView dy)
    {
        var target = new MatrixView(_weightGradient.Pointer, dy.Columns, x.Columns, _parameters.Inputs);
        Gemm.MultiplyAdd(team, LeftView.Transposed(dy), RightView.Of(x), target);
        ColumnSums.Add(team, dy, _biasGradient.Pointer);
    }

    /// <summary>dx = dy W, or += with <paramref name="add"/>.</summary>
    public void InputGradient(ThreadTeam team, MatrixView dy, MatrixView dx, bool add)
    {
        RightView weight = _backward.Prefix(dy.Columns, dx.Columns);
        if (add)
        {
            Gemm.MultiplyAdd(team, LeftView.Of(dy), weight, dx);
        }
        else
        {
            Gemm.Multiply(team, LeftView.Of(dy), weight, dx);
        }
    }

    public void Dispose()
    {
        _forward.Dispose();
        _backward.Dispose();
        _bias.Dispose();
        _weightGradient.Dispose();
        _biasGradient.Dispose();
    }
}
