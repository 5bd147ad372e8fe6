namespace Endpoints.Compute.Tiles;

/// <summary>How a tile kernel finds the left side A.</summary>
internal enum LeftLayout
{
    /// <summary>Row after row, each of its groups of depth side by side: <see cref="TileArguments.ARow"/> bytes from one row to the next.</summary>
    Rows,

    /// <summary>In panels as B: at each step the groups of 32 rows side by side. A is then the transpose of what was packed, and nothing is moved.</summary>
    Panels,
}
