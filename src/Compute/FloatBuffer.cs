namespace Endpoints.Compute;

/// <summary>Floats outside the managed heap, aligned to 64 bytes, zeroed, with a little room past the end. Never moved, so kernels may keep pointers into it.</summary>
public sealed unsafe class FloatBuffer : IDisposable
{
    /// <summary>Room past the end that vector reads of a last row may touch.</summary>
    private const int SpareFloats = 64;

    private float* _data;

    /// <summary>Allocates <paramref name="length"/> zeros.</summary>
    /// <exception cref="OutOfMemoryException">There is no such room.</exception>
    public FloatBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _data = (float*)ZeroedMemory.Allocate(Bytes);
        GC.AddMemoryPressure((long)Bytes);
    }

    /// <summary>Releases the memory if nobody disposed of it.</summary>
    ~FloatBuffer() => Free();

    /// <summary>Number of floats.</summary>
    public long Length { get; }

    /// <summary>First float.</summary>
    public float* Pointer => _data;

    /// <summary>The floats, where there are no more than a span holds.</summary>
    public Span<float> Span => new(_data, checked((int)Length));

    private nuint Bytes => checked((nuint)(Length + SpareFloats) * sizeof(float));

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_data is not null)
        {
            ZeroedMemory.Free(_data, Bytes);
            GC.RemoveMemoryPressure((long)Bytes);
            _data = null;
        }
    }
}
