using System.Runtime.CompilerServices;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Attention;

/// <summary>How attention reads and writes the heads of one number format.</summary>
internal unsafe interface IHeads
{
    /// <summary>Panels of 32 keys: for each group of the head's columns, one group of every key side by side.</summary>
    static virtual void PackKeys(Activations keys, float* panels)
    {
        int groups = Groups.Count(keys.Precision, keys.Columns);
        for (int key = 0; key < keys.Rows; key += PackedMatrix.PanelWidth, panels += (nint)groups * PackedMatrix.PanelWidth)
        {
            int count = Math.Min(PackedMatrix.PanelWidth, keys.Rows - key);
            PanelTranspose.Run((float*)keys.Row(key), keys.RowBytes / Groups.Bytes, count, groups, panels);
        }
    }

    /// <summary>Panels of 32 columns: for each group of values (rows), one group of every column side by side.</summary>
    static abstract void PackValues<TSimd>(Activations values, float* panels)
        where TSimd : struct, ISimd<TSimd>;

    /// <summary>Where the exponentials of a block of scores go: the scores' own place, or <paramref name="memory"/>.</summary>
    static abstract Activations Probabilities(MatrixView scores, int rows, float* memory);

    /// <summary>Writes the exponentials of a row of scores and returns their sum.</summary>
    static abstract float Exponentials<TSimd>(float* scores, Activations target, int row, float scale)
        where TSimd : struct, ISimd<TSimd>;

    static abstract void Store<TSimd>(TSimd value, byte* row, int column)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>Heads in float32.</summary>
internal readonly unsafe struct Float32Heads : IHeads
{
    public static void PackValues<TSimd>(Activations values, float* panels)
        where TSimd : struct, ISimd<TSimd>
    {
        for (int column = 0; column < values.Columns; column += PackedMatrix.PanelWidth, panels += (nint)values.Rows * PackedMatrix.PanelWidth)
        {
            int columns = Math.Min(PackedMatrix.PanelWidth, values.Columns - column);
            PackedMatrix.PackPanel((float*)values.Data + column, values.RowBytes / sizeof(float), values.Rows, columns, panels);
        }
    }

    public static Activations Probabilities(MatrixView scores, int rows, float* memory) =>
        Activations.Of(new MatrixView(scores.Data, rows, scores.Columns, scores.Stride));

    public static float Exponentials<TSimd>(float* scores, Activations target, int row, float scale)
        where TSimd : struct, ISimd<TSimd> => Softmax.Exponentials<TSimd, Float32Element>(scores, target.Columns, scale, target.Row(row));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd>(TSimd value, byte* row, int column)
        where TSimd : struct, ISimd<TSimd> => Float32Element.Store(value, row, column);
}

/// <summary>Heads in bfloat16: scores are float32, their exponentials are rounded for the second product.</summary>
internal readonly unsafe struct BFloat16Heads : IHeads
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void PackValues<TSimd>(Activations values, float* panels)
        where TSimd : struct, ISimd<TSimd>
    {
        int groups = Groups.Count(Precision.BFloat16, values.Rows);
        for (int column = 0; column < values.Columns; column += PackedMatrix.PanelWidth)
        {
            int columns = Math.Min(PackedMatrix.PanelWidth, values.Columns - column);
            for (int group = 0; group < groups; group++, panels += PackedMatrix.PanelWidth)
            {
                ushort* low = (ushort*)values.Row(2 * group) + column;
                ushort* high = (2 * group) + 1 < values.Rows ? (ushort*)values.Row((2 * group) + 1) + column : null;
                Pair<TSimd>(low, high, columns, panels);
            }
        }
    }

    public static Activations Probabilities(MatrixView scores, int rows, float* memory) =>
        new(Precision.BFloat16, (byte*)memory, rows, scores.Columns, (nint)scores.Stride * sizeof(ushort), null);

    public static float Exponentials<TSimd>(float* scores, Activations target, int row, float scale)
        where TSimd : struct, ISimd<TSimd>
    {
        ushort* to = (ushort*)target.Row(row);
        float sum = Softmax.Exponentials<TSimd, BFloat16Element>(scores, target.Columns, scale, (byte*)to);

        if (target.Columns % 2 != 0)
        {
            to[target.Columns] = 0;
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TSimd>(TSimd value, byte* row, int column)
        where TSimd : struct, ISimd<TSimd> => BFloat16Element.Store(value, row, column);

    /// <summary>Two rows as pairs; what is missing is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair<TSimd>(ushort* low, ushort* high, int columns, float* pairs)
        where TSimd : struct, ISimd<TSimd>
    {
        int i = 0;
        if (high is not null)
        {
            for (; i + TSimd.Width <= columns; i += TSimd.Width)
            {
                TSimd.Store(TSimd.PairBFloat16(low + i, high + i), pairs + i);
            }
        }

        for (; i < PackedMatrix.PanelWidth; i++)
        {
            uint first = i < columns ? low[i] : 0u, second = i < columns && high is not null ? high[i] : 0u;
            ((uint*)pairs)[i] = first | (second << 16);
        }
    }
}
