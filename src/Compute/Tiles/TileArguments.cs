using System.Runtime.InteropServices;

namespace Endpoints.Compute.Tiles;

/// <summary>What a tile kernel works on. The layout is part of the assembled code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TileArguments
{
    /// <summary>First row of A: groups of 32 bits, one after the other.</summary>
    public byte* A;

    /// <summary>Bytes from one row of A to the next.</summary>
    public nint ARow;

    /// <summary>A panel of B: for each group of depth, 32 bits for each of 32 columns (128 bytes).</summary>
    public byte* B;

    /// <summary>Groups of depth, at least 1.</summary>
    public nint Steps;

    /// <summary>First row of the sums, float32.</summary>
    public float* C;

    /// <summary>Bytes from one row of the sums to the next.</summary>
    public nint CRow;

    /// <summary>First byte to bring into the second-level cache meanwhile: this line and the next one at every step.</summary>
    public byte* Ahead;

    /// <summary>Bytes further at each step.</summary>
    public nint AheadStep;
}
