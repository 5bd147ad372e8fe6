namespace Endpoints.Compute.Tests.Support;

/// <summary>A matrix in a <see cref="FloatBuffer"/>, maybe misaligned and with gaps between its rows, that notices writes outside its elements.</summary>
internal sealed unsafe class TestMatrix : IDisposable
{
    private const float Guard = -8.5e20f;

    private readonly FloatBuffer _buffer;
    private readonly int _offset;

    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="gap">Floats between the end of a row and the next.</param>
    /// <param name="offset">Floats before the first element; the buffer is aligned, so 1 misaligns every vector.</param>
    public TestMatrix(int rows, int columns, int gap = 0, int offset = 0)
    {
        _offset = offset;
        _buffer = new FloatBuffer(offset + ((long)rows * (columns + gap)));
        _buffer.Span.Fill(Guard);
        View = new MatrixView(_buffer.Pointer + offset, rows, columns, columns + gap);
        for (int row = 0; row < rows; row++)
        {
            new Span<float>(View.Row(row), columns).Clear();
        }
    }

    public MatrixView View { get; }

    public float* Data => View.Data;

    public int Rows => View.Rows;

    public int Columns => View.Columns;

    public ref float this[int row, int column] => ref View.Row(row)[column];

    /// <summary>Random values in -scale..scale.</summary>
    public static TestMatrix Random(Random random, int rows, int columns, int gap = 0, int offset = 0, float scale = 1)
    {
        var matrix = new TestMatrix(rows, columns, gap, offset);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                matrix[row, column] = ((2 * random.NextSingle()) - 1) * scale;
            }
        }

        return matrix;
    }

    /// <summary>The same values in the same layout, elsewhere.</summary>
    public TestMatrix Copy()
    {
        var copy = new TestMatrix(Rows, Columns, View.Stride - Columns, _offset);
        _buffer.Span.CopyTo(copy._buffer.Span);
        return copy;
    }

    /// <summary>The elements as doubles, for an oracle.</summary>
    public double[,] ToDouble()
    {
        var values = new double[Rows, Columns];
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                values[row, column] = this[row, column];
            }
        }

        return values;
    }

    /// <summary>The elements of one row, or of a matrix of one row, as doubles.</summary>
    public double[] RowToDouble(int row = 0) => [.. Enumerable.Range(0, Columns).Select(column => (double)this[row, column])];

    /// <summary>Every bit of the buffer, guards included.</summary>
    public int[] Bits() => [.. _buffer.Span.ToArray().Select(BitConverter.SingleToInt32Bits)];

    /// <summary>Fails if anything was written before the first element or between rows.</summary>
    public void CheckGuards()
    {
        for (long i = 0; i < _buffer.Length; i++)
        {
            bool inside = i >= _offset && (i - _offset) % View.Stride < Columns;
            Assert.True(inside || _buffer.Pointer[i] == Guard, $"Float {i} lies outside the {Rows} × {Columns} matrix and was overwritten by {_buffer.Pointer[i]}.");
        }
    }

    public void Dispose() => _buffer.Dispose();
}
