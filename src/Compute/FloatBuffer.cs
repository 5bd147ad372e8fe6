using System.Runtime.InteropServices;

namespace Endpoints.Compute;

/// <summary>Floats outside the managed heap, aligned to 64 bytes, zeroed, with a little room past the end. Never moved, so kernels may keep pointers into it.</summary>
public sealed unsafe class FloatBuffer : IDisposable
{
    /// <summary>Room past the end that vector reads of a last row may touch.</summary>
    private const int SpareFloats = 64;

    private float* _data;

    /// <summary>Allocates <paramref name="length"/> zeros.</summary>
    public FloatBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        nuint bytes = checked((nuint)(length + SpareFloats) * sizeof(float));
        _data = (float*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_data, bytes);
        GC.AddMemoryPressure((long)bytes);
    }

    /// <summary>Releases the memory if nobody disposed of it.</summary>
    ~FloatBuffer() => Free();

    /// <summary>Number of floats.</summary>
    public long Length { get; }

    /// <summary>First float.</summary>
    public float* Pointer => _data;

    /// <summary>The floats, where there are no more than a span holds.</summary>
    public Span<float> Span => new(_data, checked((int)Length));

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
            NativeMemory.AlignedFree(_data);
            GC.RemoveMemoryPressure((Length + SpareFloats) * sizeof(float));
            _data = null;
        }
    }
}
