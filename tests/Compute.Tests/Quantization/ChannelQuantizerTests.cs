using Endpoints.Compute.Quantization;

namespace Endpoints.Compute.Tests.Quantization;

public sealed class ChannelQuantizerTests
{
    /// <summary>Lengths around every vector's, and those of real rows.</summary>
    public static TheoryData<int> Lengths => [.. Enumerable.Range(1, 70), 127, 128, 129, 385, 768, 3072];

    [Theory, MemberData(nameof(Lengths))]
    public void Quantize_RandomRows_IsTheDefinition(int length)
    {
        var random = new Random(length);
        for (int exponent = -30; exponent <= 30; exponent += 3)
        {
            float[] row = RandomRow(random, length, exponent);
            sbyte[] quantized = new sbyte[length];
            float scale = ChannelQuantizer.Quantize(row, quantized);

            double exact = row.Max(Math.Abs) / 127.0;
            Assert.True(scale <= exact * (1 + 1e-7) && scale >= exact * (1 - (1.0 / 65_536)), $"{scale} is not {exact} cut to 17 bits");
            Assert.Equal(row.Select(weight => (sbyte)Math.Round((double)(weight / scale), MidpointRounding.ToEven)), quantized);
            Assert.Equal(127, quantized.Max(value => Math.Abs((int)value)));
        }
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Quantize_WhatItDequantizesTo_GivesTheSameAgain(int length)
    {
        var random = new Random(length);
        for (int i = 0; i < 50; i++)
        {
            sbyte[] first = new sbyte[length], second = new sbyte[length];
            float[] row = RandomRow(random, length, random.Next(-126, 120));
            float scale = ChannelQuantizer.Quantize(row, first);
            ChannelQuantizer.Dequantize(first, scale, row);

            Assert.Equal(first.Select(value => value * (double)scale), row.Select(weight => (double)weight));
            Assert.Equal(scale, ChannelQuantizer.Quantize(row, second));
            Assert.Equal(first, second);
        }
    }

    [Fact]
    public void Quantize_Ties_GoToEven()
    {
        // The scale is 1, so each weight is its own quotient.
        float[] row = [127, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 126.5f, -126.5f, -127];
        sbyte[] quantized = new sbyte[row.Length];
        Assert.Equal(1, ChannelQuantizer.Quantize(row, quantized));
        Assert.Equal<sbyte>([127, 0, 2, 2, 0, -2, -2, 126, -126, -127], quantized);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(float.Epsilon)]
    [InlineData(1e-36f)]
    public void Quantize_ZerosAndWhatIsTooSmallToCount_HasScaleZero(float weight)
    {
        float[] row = [.. Enumerable.Repeat(weight, 39), -0f];
        sbyte[] quantized = [.. Enumerable.Repeat((sbyte)9, 40)];
        Assert.Equal(0, ChannelQuantizer.Quantize(row, quantized));
        Assert.All(quantized, value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData(float.MaxValue)]
    [InlineData(-float.MaxValue)]
    [InlineData(1.5e-36f)]
    public void Quantize_ExtremesOfTheFormat_StayFinite(float weight)
    {
        float[] row = [weight, 0];
        sbyte[] quantized = new sbyte[2];
        float scale = ChannelQuantizer.Quantize(row, quantized);
        ChannelQuantizer.Dequantize(quantized, scale, row);
        Assert.Equal<sbyte>([(sbyte)(127 * Math.Sign(weight)), 0], quantized);
        Assert.True(Math.Abs(row[0] - (double)weight) <= Math.Abs(weight) * 2e-5, $"{row[0]}");
    }

    [Fact]
    public void Quantize_EmptyRow_HasScaleZero() => Assert.Equal(0, ChannelQuantizer.Quantize([], []));

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.NaN, 21)]
    [InlineData(float.PositiveInfinity, 16)]
    [InlineData(float.NegativeInfinity, 39)]
    public void Quantize_NotFinite_IsNamed(float weight, int index)
    {
        float[] row = [.. Enumerable.Repeat(1f, 40)];
        row[index] = weight;
        var exception = Assert.Throws<ArgumentException>(() => ChannelQuantizer.Quantize(row, new sbyte[40]));
        Assert.StartsWith(FormattableString.Invariant($"Weight {index} of the row is {weight}: a finite number is expected."), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantize_OtherLength_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => ChannelQuantizer.Quantize(new float[3], new sbyte[2]));
        Assert.Throws<ArgumentException>(() => ChannelQuantizer.Dequantize(new sbyte[3], 1, new float[4]));
    }

    private static float[] RandomRow(Random random, int length, int exponent) =>
        [.. Enumerable.Range(0, length).Select(_ => MathF.ScaleB((2 * random.NextSingle()) - 1 + 1e-3f, exponent))];
}
