namespace Endpoints.Compute;

/// <summary>Memory for a matrix whose size differs from batch to batch: grows to the largest one asked for and is then reused.</summary>
public sealed class GrowingBuffer : IDisposable
{
    private FloatBuffer _buffer = new(0);

    /// <summary>A matrix of this shape. Its contents are undefined, and it is valid until the next call.</summary>
    public unsafe MatrixView Matrix(int rows, int columns)
    {
        long length = (long)rows * columns;
        if (_buffer.Length < length)
        {
            long grown = Math.Max(length, _buffer.Length + (_buffer.Length / 2));
            _buffer.Dispose();
            _buffer = new FloatBuffer(grown);
        }

        return new MatrixView(_buffer.Pointer, rows, columns);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
