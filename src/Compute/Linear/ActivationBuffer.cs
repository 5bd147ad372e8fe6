namespace Endpoints.Compute.Linear;

/// <summary>Memory for activations of any precision that grows to the largest matrix asked for and is then reused.</summary>
public sealed unsafe class ActivationBuffer : IDisposable
{
    private const int LineBytes = 64;

    /// <summary>Rows this far apart compete for the same few places of the first-level cache.</summary>
    private const int AliasBytes = 2048;

    private FloatBuffer _buffer = new(0);

    /// <summary>A matrix in this memory; the one given out before is overwritten. Its contents are undefined, except that the row's ends are zero.</summary>
    public Activations Matrix(Precision precision, int rows, int columns)
    {
        nint used = (nint)Groups.Count(precision, columns) * Groups.Bytes;
        nint rowBytes = (used + LineBytes - 1) / LineBytes * LineBytes;
        rowBytes += rowBytes % AliasBytes == 0 ? LineBytes : 0;
        nint dataFloats = rows * rowBytes / sizeof(float);
        long length = dataFloats + (precision == Precision.Int8 ? 2L * rows : 0);
        if (_buffer.Length < length)
        {
            _buffer.Dispose();
            _buffer = new FloatBuffer(length + (length / 4));
        }

        var matrix = new Activations(precision, (byte*)_buffer.Pointer, rows, columns, rowBytes, precision == Precision.Int8 ? _buffer.Pointer + dataFloats : null);
        ClearRowEnds(matrix, (int)used);
        return matrix;
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    /// <summary>Whatever fills up a row's last group: it is multiplied, by weights that count for nothing only if this is zero.</summary>
    private static void ClearRowEnds(Activations matrix, int used)
    {
        if (matrix.Columns % Groups.Size(matrix.Precision) != 0)
        {
            for (int row = 0; row < matrix.Rows; row++)
            {
                *(uint*)(matrix.Row(row) + used - Groups.Bytes) = 0;
            }
        }
    }
}
