using System.Runtime.InteropServices;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tests.Checkpoints;

public sealed class TensorValuesTests
{
    private static readonly ushort[] EveryPattern = [.. Enumerable.Range(0, 65_536).Select(bits => (ushort)bits)];

    [Fact]
    public void ToSingle_EveryHalf_HasItsValueAndSign()
    {
        var converted = new float[65_536];
        TensorValues.ToSingle("F16", MemoryMarshal.AsBytes(EveryPattern.AsSpan()), converted);
        for (int bits = 0; bits < converted.Length; bits++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            Assert.True(
                float.IsNaN(expected) ? float.IsNaN(converted[bits]) : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(converted[bits]),
                $"0x{bits:x4}: expected {expected}, found {converted[bits]}");
        }
    }

    [Fact]
    public void ToSingle_EveryBFloat16_IsTheUpperHalfOfAFloat()
    {
        var converted = new float[65_536];
        TensorValues.ToSingle("BF16", MemoryMarshal.AsBytes(EveryPattern.AsSpan()), converted);
        Assert.Equal(EveryPattern.Select(bits => bits << 16), converted.Select(BitConverter.SingleToInt32Bits));
    }

    [Theory]
    [InlineData("F16")]
    [InlineData("BF16")]
    [InlineData("F32")]
    public void ToSingle_AwkwardLengthsAtOddAddresses_ConvertsEachAndNoMore(string type)
    {
        int size = TensorValues.ElementSize(type);
        var random = new Random(6);
        for (int length = 0; length <= 70; length++)
        {
            var bytes = new byte[1 + (length * size)];
            random.NextBytes(bytes);
            var one = new float[1];
            var together = new float[length + 1];
            together[length] = -7;
            TensorValues.ToSingle(type, bytes.AsSpan(1), together.AsSpan(0, length));
            for (int i = 0; i < length; i++)
            {
                TensorValues.ToSingle(type, bytes.AsSpan(1 + (i * size), size), one);
                Assert.Equal(BitConverter.SingleToInt32Bits(one[0]), BitConverter.SingleToInt32Bits(together[i]));
            }

            Assert.Equal(-7, together[length]);
        }
    }
}
