using Endpoints.Compute.Linear;
using Endpoints.Compute.Quantization;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Linear;

/// <summary>What activations and weights stand for after rounding, in double: decoded here, independently of the kernels.</summary>
internal static unsafe class RoundedMatrix
{
    public static double[,] Decode(Activations matrix)
    {
        var values = new double[matrix.Rows, matrix.Columns];
        for (int row = 0; row < matrix.Rows; row++)
        {
            for (int column = 0; column < matrix.Columns; column++)
            {
                values[row, column] = matrix.Precision switch
                {
                    Precision.BFloat16 => BitConverter.UInt32BitsToSingle((uint)((ushort*)matrix.Row(row))[column] << 16),
                    Precision.Int8 => (matrix.Scales[2 * row] * (double)matrix.Row(row)[column]) + matrix.Scales[(2 * row) + 1],
                    _ => ((float*)matrix.Row(row))[column],
                };
            }
        }

        return values;
    }

    /// <summary>A weight row as the precision keeps it.</summary>
    public static double[] Round(Precision precision, ReadOnlySpan<float> row)
    {
        var values = new double[row.Length];
        var integers = new sbyte[row.Length];
        float scale = precision == Precision.Int8 ? ChannelQuantizer.Quantize(row, integers) : 0;
        for (int i = 0; i < row.Length; i++)
        {
            values[i] = precision switch
            {
                Precision.BFloat16 => BFloat16(row[i]),
                Precision.Int8 => (double)integers[i] * scale,
                _ => row[i],
            };
        }

        return values;
    }

    /// <summary>The nearest bfloat16, by comparing the two neighbours.</summary>
    public static float BFloat16(float value)
    {
        if (!float.IsFinite(value))
        {
            return value;
        }

        float down = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF_0000);
        float up = BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(value) & 0xFFFF_0000) + 0x1_0000);
        // Beyond the largest bfloat16 the next value would be 2^128; it is infinity that is stored there.
        double next = float.IsInfinity(up) ? Math.CopySign(Math.Pow(2, 128), up) : up;
        double below = Math.Abs((double)value - down), above = Math.Abs(next - value);
        bool isDownEven = (BitConverter.SingleToUInt32Bits(down) & 0x1_0000) == 0;
        return below < above || (below == above && isDownEven) ? down : up;
    }

    /// <summary>Random activations in a precision.</summary>
    public static Activations Random(ActivationBuffer buffer, Random random, Precision precision, int rows, int columns, ThreadTeam team)
    {
        using TestMatrix values = TestMatrix.Random(random, rows, columns, gap: 3);
        Activations rounded = buffer.Matrix(precision, rows, columns);
        ActivationConversion.Run(team, Activations.Of(values.View), rounded);
        return rounded;
    }
}
