using Endpoints.Compute;

namespace Endpoints.Bench;

/// <summary>A matrix of random values in -1..1, the same for the same seed.</summary>
internal sealed unsafe class Operand : IDisposable
{
    private readonly FloatBuffer _buffer;

    public Operand(int rows, int columns, int seed)
    {
        _buffer = new FloatBuffer((long)rows * columns);
        View = new MatrixView(_buffer.Pointer, rows, columns);
        Values(_buffer.Span, seed);
    }

    public MatrixView View { get; }

    public float* Data => View.Data;

    public float this[int row, int column] => View.Row(row)[column];

    public static void Values(Span<float> values, int seed)
    {
        var random = new Random(seed);
        foreach (ref float value in values)
        {
            value = (2 * random.NextSingle()) - 1;
        }
    }

    public void Dispose() => _buffer.Dispose();
}
