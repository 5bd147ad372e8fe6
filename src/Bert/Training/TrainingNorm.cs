using Endpoints.Compute;
using Endpoints.Compute.Normalization;
using Endpoints.Compute.Threads;

namespace Endpoints.Bert.Training;

/// <summary>A LayerNorm in training, with its input and statistics kept for the backward.</summary>
internal sealed unsafe class TrainingNorm(NormParameters parameters, NormParameters gradients) : IDisposable
{
    private readonly PinnedFloats _gamma = new(parameters.Gamma);
    private readonly PinnedFloats _beta = new(parameters.Beta);
    private readonly PinnedFloats _gammaGradient = new(gradients.Gamma);
    private readonly PinnedFloats _betaGradient = new(gradients.Beta);
    private readonly GrowingBuffer _input = new();
    private readonly GrowingBuffer _output = new();
    private readonly GrowingBuffer _statistics = new();
    private MatrixView _lastInput;

    /// <summary>What the last forward normalised.</summary>
    public MatrixView LastInput => _lastInput;

    /// <summary>Where the forward's input is to be written.</summary>
    public MatrixView Input(int rows) => _lastInput = _input.Matrix(rows, parameters.Width);

    /// <summary>Normalises what <see cref="Input"/> holds.</summary>
    public MatrixView Forward(ThreadTeam team, float epsilon)
    {
        MatrixView output = _output.Matrix(_lastInput.Rows, parameters.Width);
        LayerNorm.Forward(team, _lastInput, _gamma.Pointer, _beta.Pointer, epsilon, output, _statistics.Matrix(_lastInput.Rows, 2).Data);
        return output;
    }

    /// <summary>Replaces the output's gradient by the input's, and adds those of scale and shift.</summary>
    public void Backward(ThreadTeam team, MatrixView gradient) => LayerNorm.Backward(
        team, gradient, _lastInput, _gamma.Pointer, _statistics.Matrix(_lastInput.Rows, 2).Data, gradient, _gammaGradient.Pointer, _betaGradient.Pointer);

    public void Dispose()
    {
        foreach (IDisposable part in (IDisposable[])[_gamma, _beta, _gammaGradient, _betaGradient, _input, _output, _statistics])
        {
            part.Dispose();
        }
    }
}
