using Endpoints.Compute;
using Endpoints.Compute.Linear;

namespace Endpoints.Bert.Encoder;

/// <summary>Hidden states: float32 for residuals and sums, and the same rounded to what linear layers read.</summary>
/// <param name="Values">Rows × hidden size.</param>
/// <param name="Operand">The same in the network's precision; in float32 the same memory.</param>
internal readonly record struct HiddenState(MatrixView Values, Activations Operand);

/// <summary>Memory of hidden states that take turns: a block reads one and writes the other.</summary>
internal sealed class HiddenTurns : IDisposable
{
    private readonly HiddenBuffer _one = new();
    private readonly HiddenBuffer _other = new();
    private bool _isOne;

    /// <summary>The half that was not given out last.</summary>
    public HiddenBuffer Next()
    {
        _isOne = !_isOne;
        return _isOne ? _one : _other;
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
    }
}

/// <summary>Memory of hidden states.</summary>
internal sealed class HiddenBuffer : IDisposable
{
    private readonly ActivationBuffer _values = new();
    private readonly ActivationBuffer _operand = new();

    public HiddenState Matrix(Precision precision, int rows, int columns)
    {
        Activations values = _values.Matrix(Precision.Float32, rows, columns);
        return new(values.Matrix, precision == Precision.Float32 ? values : _operand.Matrix(precision, rows, columns));
    }

    public void Dispose()
    {
        _values.Dispose();
        _operand.Dispose();
    }
}
