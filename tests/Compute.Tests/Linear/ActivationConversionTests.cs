using Endpoints.Compute.Linear;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Support;

namespace Endpoints.Compute.Tests.Linear;

public sealed unsafe class ActivationConversionTests
{
    public static TheoryData<SimdPath> Paths => Cases.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public void ToBFloat16_EveryKindOfValue_IsNearestWithTiesToEven(SimdPath path)
    {
        var random = new Random(4);
        float[] values =
        [
            0f, -0f, 1f, float.MaxValue, float.Epsilon, float.PositiveInfinity, float.NegativeInfinity, float.NaN, BitConverter.UInt32BitsToSingle(0x7FFF_FFFF),
            BitConverter.UInt32BitsToSingle(0x3F80_8000), BitConverter.UInt32BitsToSingle(0x3F81_8000), BitConverter.UInt32BitsToSingle(0x3F80_8001),
            .. Enumerable.Range(0, 5000).Select(_ => BitConverter.Int32BitsToSingle(random.Next())),
        ];
        var rounded = new ushort[values.Length];
        fixed (float* from = values)
        fixed (ushort* to = rounded)
        {
            SimdDispatch.Run(new Rounding(from, to, values.Length), path);
        }

        for (int i = 0; i < values.Length; i++)
        {
            float found = BitConverter.UInt32BitsToSingle((uint)rounded[i] << 16);
            Assert.True(float.IsNaN(values[i]) ? float.IsNaN(found) : found.Equals(RoundedMatrix.BFloat16(values[i])), $"{values[i]:G9} became {found:G9}");
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void ToBytes_RandomRows_AreWithinHalfAStep(SimdPath path)
    {
        var random = new Random(6);
        using var buffer = new ActivationBuffer();
        foreach (int count in Cases.Widths)
        {
            using TestMatrix row = TestMatrix.Random(random, 1, count, scale: 5);
            Activations bytes = buffer.Matrix(Precision.Int8, 1, count);
            SimdDispatch.Run(new Quantizing(row.Data, bytes), path);
            double[,] decoded = RoundedMatrix.Decode(bytes);
            for (int i = 0; i < count; i++)
            {
                Near.Check(row[0, i], (float)decoded[0, i], (0.5001 * bytes.Scales[0]) + 1e-6, $"value {i} of {count}, {path}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void ToBytes_ConstantRow_IsExact(SimdPath path)
    {
        using var buffer = new ActivationBuffer();
        using var row = new TestMatrix(1, 21);
        for (int i = 0; i < 21; i++)
        {
            row[0, i] = 0.3f;
        }

        Activations bytes = buffer.Matrix(Precision.Int8, 1, 21);
        SimdDispatch.Run(new Quantizing(row.Data, bytes), path);
        Assert.All(RoundedMatrix.Decode(bytes).Cast<double>(), value => Assert.Equal(0.3f, (float)value));
    }

    private readonly struct Rounding(float* from, ushort* to, int count) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd> => RowConversion.ToBFloat16<TSimd>(from, count, to);
    }

    private readonly struct Quantizing(float* row, Activations target) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd> => RowConversion.Run<TSimd>(row, target, 0);
    }
}
