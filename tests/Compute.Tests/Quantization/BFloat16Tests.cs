using Endpoints.Compute.Quantization;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Tests.Quantization;

public sealed class BFloat16Tests
{
    [Fact]
    public void Round_EveryBFloat16_IsItself()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float value = BFloat16.ToSingle((ushort)bits);
            ushort rounded = BFloat16.Round(value);
            Assert.True(float.IsNaN(value) ? float.IsNaN(BFloat16.ToSingle(rounded)) : rounded == bits, $"0x{bits:x4} became 0x{rounded:x4}");
        }
    }

    [Fact]
    public void Round_RandomFloats_IsTheNearer()
    {
        var random = new Random(3);
        for (int i = 0; i < 100_000; i++)
        {
            uint bits = (uint)random.NextInt64(1L << 32);
            float value = BitConverter.UInt32BitsToSingle(bits);
            if (float.IsNaN(value) || float.IsNaN(BFloat16.ToSingle((ushort)((bits >> 16) + 1))))
            {
                continue;
            }

            double below = Finite(BFloat16.ToSingle((ushort)(bits >> 16))), above = Finite(BFloat16.ToSingle((ushort)((bits >> 16) + 1)));
            double found = Finite(BFloat16.ToSingle(BFloat16.Round(value)));
            Assert.True(Math.Abs(found - value) <= Math.Min(Math.Abs(below - value), Math.Abs(above - value)), $"0x{bits:x8} became {found}");
        }
    }

    [Theory]
    [InlineData(0x3F80_8000u, 0x3F80)]
    [InlineData(0x3F81_8000u, 0x3F82)]
    [InlineData(0xBF81_8000u, 0xBF82)]
    [InlineData(0x3F80_8001u, 0x3F81)]
    [InlineData(0x7F7F_FFFFu, 0x7F80)]
    [InlineData(0x7F80_0001u, 0x7FC0)]
    [InlineData(0xFFFF_FFFFu, 0xFFFF)]
    public void Round_TiesAndTheEnds_AsIeee(uint value, int expected)
    {
        Span<ushort> rounded = stackalloc ushort[1];
        BFloat16.Round([BitConverter.UInt32BitsToSingle(value)], rounded);
        Assert.Equal(expected, rounded[0]);
    }

    /// <summary>Checkpoints and kernels round alike, so a bfloat16 checkpoint runs in bfloat16 on the weights that it holds.</summary>
    [Fact]
    public unsafe void Round_RandomFloats_IsTheKernelsRounding()
    {
        var random = new Random(4);
        for (int i = 0; i < 100_000; i++)
        {
            float value = BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32));
            ushort stored;
            SimdScalar.StoreBFloat16(SimdScalar.Broadcast(value), &stored);
            Assert.True(float.IsNaN(value) ? float.IsNaN(BFloat16.ToSingle(stored)) : stored == BFloat16.Round(value), $"{value} became 0x{stored:x4}");
        }
    }

    /// <summary>What follows the largest finite value counts as 2^128 when distances are compared, as IEEE has it.</summary>
    private static double Finite(float value) => float.IsInfinity(value) ? Math.CopySign(Math.Pow(2, 128), value) : value;
}
