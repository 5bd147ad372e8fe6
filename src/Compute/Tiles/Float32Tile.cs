using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Tiles;

/// <summary>Tile kernel for float32 in C#: <see cref="Tile"/> behind the arguments that all precisions share.</summary>
internal static unsafe class Float32Tile
{
    /// <summary>Computes a tile of <paramref name="columns"/> columns (rounded up to two vectors).</summary>
    public static void Run<TSimd>(int rows, int columns, TileArguments* tile)
        where TSimd : struct, ISimd<TSimd>
    {
        var ahead = new Ahead(tile->Ahead, tile->AheadStep);
        for (int column = 0; column < columns; column += 2 * TSimd.Width)
        {
            Tile.Run<TSimd>(
                rows, (float*)tile->A, tile->ARow / sizeof(float), 1, (float*)tile->B + column, PackedMatrix.PanelWidth, (int)tile->Steps,
                tile->C + column, tile->CRow / sizeof(float), add: false, ahead);
        }
    }
}
