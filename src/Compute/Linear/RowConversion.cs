using System.Runtime.CompilerServices;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Linear;

/// <summary>Rounds one row of floats to the precision of a matrix of activations.</summary>
internal static unsafe class RowConversion
{
    private const float Levels = 255;

    /// <summary>Writes a row of <paramref name="target"/>; float32 is copied.</summary>
    /// <remarks>
    /// Bytes: q = round((x - min) / scale) with scale = (max - min) / 255, so the error is at most half a scale. A row that is not finite gets a
    /// NaN scale: every output that reads it is NaN, as it would be in float32.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSimd>(float* row, Activations target, int index)
        where TSimd : struct, ISimd<TSimd>
    {
        switch (target.Precision)
        {
            case Precision.BFloat16:
                ToBFloat16<TSimd>(row, target.Columns, (ushort*)target.Row(index));
                break;
            case Precision.Int8:
                ToBytes<TSimd>(row, target.Columns, target.Row(index), target.Scales + (2 * index));
                break;
            default:
                new ReadOnlySpan<float>(row, target.Columns).CopyTo(new Span<float>(target.Row(index), target.Columns));
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToBFloat16<TSimd>(float* row, int count, ushort* target)
        where TSimd : struct, ISimd<TSimd>
    {
        int i = 0;
        for (; i + TSimd.Width <= count; i += TSimd.Width)
        {
            TSimd.StoreBFloat16(TSimd.Load(row + i), target + i);
        }

        for (; i < count; i++)
        {
            SimdScalar.StoreBFloat16(SimdScalar.Load(row + i), target + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToBytes<TSimd>(float* row, int count, byte* target, float* scaleAndOffset)
        where TSimd : struct, ISimd<TSimd>
    {
        (float least, float most, bool isFinite) = Range<TSimd>(row, count);
        float scale = isFinite ? (most - least) / Levels : float.NaN;
        scaleAndOffset[0] = scale;
        scaleAndOffset[1] = isFinite ? least : float.NaN;
        float inverse = scale > 0 ? Levels / (most - least) : 0;
        if (!isFinite)
        {
            new Span<byte>(target, count).Clear();
            return;
        }

        TSimd shift = TSimd.Broadcast(least), factor = TSimd.Broadcast(inverse), limit = TSimd.Broadcast(Levels);
        int i = 0;
        for (; i + TSimd.Width <= count; i += TSimd.Width)
        {
            TSimd.StoreBytes(TSimd.Min((TSimd.Load(row + i) - shift) * factor, limit), target + i);
        }

        for (; i < count; i++)
        {
            SimdScalar.StoreBytes(SimdScalar.Broadcast(MathF.Min((row[i] - least) * inverse, Levels)), target + i);
        }
    }

    private static (float Least, float Most, bool IsFinite) Range<TSimd>(float* row, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        float least = float.PositiveInfinity, most = float.NegativeInfinity, nothing = 0;
        int i = 0;
        if (count >= TSimd.Width)
        {
            // x × 0 stays 0 unless x is infinite or NaN; minimum and maximum may lose a NaN.
            TSimd low = TSimd.Load(row), high = low, zero = TSimd.Zero, zeros = TSimd.Zero;
            for (; i + TSimd.Width <= count; i += TSimd.Width)
            {
                TSimd value = TSimd.Load(row + i);
                low = TSimd.Min(low, value);
                high = TSimd.Max(high, value);
                zeros = TSimd.MultiplyAdd(value, zero, zeros);
            }

            least = -TSimd.Largest(TSimd.Zero - low);
            most = TSimd.Largest(high);
            nothing = TSimd.Sum(zeros);
        }

        for (; i < count; i++)
        {
            least = MathF.Min(least, row[i]);
            most = MathF.Max(most, row[i]);
            nothing += row[i] * 0;
        }

        return (least, most, nothing == 0);
    }
}
