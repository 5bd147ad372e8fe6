namespace Endpoints.Compute.Tiles;

/// <summary>How the inner kernel of a precision's products runs.</summary>
public enum TilePath
{
    /// <summary>Machine code that this library writes at start, on 512-bit vectors (x86-64 Linux).</summary>
    Assembled,

    /// <summary>AVX-VNNI instructions on 256-bit vectors, through .NET; int8 only.</summary>
    AvxVnni,

    /// <summary>Portable C#.</summary>
    Managed,
}
