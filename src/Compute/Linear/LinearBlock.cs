using System.Runtime.CompilerServices;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tiles;

namespace Endpoints.Compute.Linear;

/// <summary>One item of a linear layer on one thread: a block of rows times some panels, cut into tiles whose sums pass through the first-level cache.</summary>
internal static unsafe class LinearBlock
{
    private const int PanelWidth = PackedMatrix.PanelWidth, MaxTileRows = 12, LineBytes = 64;

    /// <summary>How far ahead weights are fetched where a panel has one tile and reading them is all that takes time.</summary>
    private const int StreamAhead = 4096;

    /// <summary>Bytes of weights from which on the next panel is fetched while this one is used: less stays in the cache anyway.</summary>
    private const int SmallestFetched = 512 * 1024;

    /// <summary>Runs an item of a part.</summary>
    public static void Run<TSimd, TEpilogue>(TileKernels kernels, in Part<TEpilogue> part, int item, int threads)
        where TSimd : struct, ISimd<TSimd>
        where TEpilogue : struct, IEpilogue
    {
        LinearLayer<TEpilogue> layer = part.Layer;
        if (layer.Weights.Precision == Precision.Int8)
        {
            var dequantized = new Dequantized<TEpilogue>(layer.Input.Scales, layer.Weights.Scales, layer.Weights.Sums, layer.Epilogue);
            Stored<TSimd, TEpilogue, Dequantized<TEpilogue>>(kernels, part, item, threads, dequantized);
        }
        else
        {
            Stored<TSimd, TEpilogue, TEpilogue>(kernels, part, item, threads, layer.Epilogue);
        }
    }

    private static void Stored<TSimd, TLayer, TEpilogue>(TileKernels kernels, in Part<TLayer> part, int item, int threads, TEpilogue epilogue)
        where TSimd : struct, ISimd<TSimd>
        where TLayer : struct, IEpilogue
        where TEpilogue : struct, IEpilogue
    {
        if (part.Layer.Output.Precision == Precision.BFloat16)
        {
            Panels<TSimd, TLayer, TEpilogue, BFloat16Element>(kernels, part, item, threads, epilogue);
        }
        else
        {
            Panels<TSimd, TLayer, TEpilogue, Float32Element>(kernels, part, item, threads, epilogue);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panels<TSimd, TLayer, TEpilogue, TElement>(TileKernels kernels, in Part<TLayer> part, int item, int threads, TEpilogue epilogue)
        where TSimd : struct, ISimd<TSimd>
        where TLayer : struct, IEpilogue
        where TEpilogue : struct, IEpilogue
        where TElement : struct, IElement
    {
        float* memory = stackalloc float[(MaxTileRows * PanelWidth) + (LineBytes / sizeof(float))];
        float* sums = (float*)(((nint)memory + LineBytes - 1) & -LineBytes);
        Activations a = part.Layer.Input, c = part.Layer.Output;
        WeightsView weights = part.Layer.Weights;
        int block = (item - part.Start) / part.ItemsPerBlock, stretch = (item - part.Start) % part.ItemsPerBlock;
        int firstRow = block * part.BlockRows, endRow = Math.Min(a.Rows, firstRow + part.BlockRows);
        int firstPanel = stretch * part.ItemPanels, endPanel = Math.Min(weights.PanelCount, firstPanel + part.ItemPanels);
        int tiles = (endRow - firstRow + kernels.MaxRows - 1) / kernels.MaxRows;
        var tile = new TileArguments { ARow = a.RowBytes, Steps = weights.Steps, C = sums, CRow = PanelWidth * sizeof(float) };
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            int column = panel * PanelWidth, columns = Math.Min(PanelWidth, weights.Columns - column);
            tile.B = weights.Panel(panel);

            // Threads claim items in turn, so this one's next panel is probably as many panels further as there are threads.
            byte* next = weights.Bytes < SmallestFetched ? null : weights.Panel((panel + (tiles == 1 ? 1 : threads)) % weights.PanelCount);

            // Tiles of nearly equal height: 13 rows run as 7 + 6, not as 12 + 1.
            for (int index = 0, row = firstRow; index < tiles; index++)
            {
                int height = (endRow - row + tiles - index - 1) / (tiles - index);
                tile.A = a.Row(row);
                SetAhead(ref tile, next, index, tiles);
                kernels.Run(height, columns, &tile);
                Finish<TSimd, TEpilogue, TElement>(epilogue, sums, c, row, height, column, columns);
                row += height;
            }
        }
    }

    private static void SetAhead(ref TileArguments tile, byte* next, int index, int tiles)
    {
        if (next is null)
        {
            tile.Ahead = tile.B;
            tile.AheadStep = 0;
        }
        else if (tiles == 1)
        {
            tile.Ahead = tile.B + StreamAhead;
            tile.AheadStep = PackedWeights.StepBytes;
        }
        else
        {
            tile.AheadStep = (PackedWeights.StepBytes / tiles) + 1;
            tile.Ahead = next + (index * tile.AheadStep * tile.Steps);
        }
    }

    /// <summary>Sums, by way of the epilogue, to their place in C.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TSimd, TEpilogue, TElement>(TEpilogue epilogue, float* sums, Activations c, int row, int rows, int column, int columns)
        where TSimd : struct, ISimd<TSimd>
        where TEpilogue : struct, IEpilogue
        where TElement : struct, IElement
    {
        for (int r = 0; r < rows; r++, sums += PanelWidth)
        {
            byte* to = c.Row(row + r);
            int i = 0;
            for (; i + TSimd.Width <= columns; i += TSimd.Width)
            {
                TElement.Store(epilogue.Apply(TSimd.Load(sums + i), row + r, column + i), to, column + i);
            }

            for (; i < columns; i++)
            {
                TElement.Store(epilogue.Apply(SimdScalar.Load(sums + i), row + r, column + i), to, column + i);
            }
        }
    }
}
