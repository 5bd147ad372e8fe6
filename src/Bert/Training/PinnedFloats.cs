using System.Runtime.InteropServices;

namespace Endpoints.Bert.Training;

/// <summary>An array that does not move while kernels hold a pointer to it.</summary>
internal sealed unsafe class PinnedFloats(float[] values) : IDisposable
{
    private GCHandle _handle = GCHandle.Alloc(values, GCHandleType.Pinned);

    public float[] Values { get; } = values;

    public float* Pointer => (float*)_handle.AddrOfPinnedObject();

    public void Dispose()
    {
        if (_handle.IsAllocated)
        {
            _handle.Free();
        }
    }
}
