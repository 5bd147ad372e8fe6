using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Training;

namespace Endpoints.Compute.Tests.Training;

public sealed unsafe class DropoutTests
{
    public static TheoryData<SimdPath> Paths => Cases.Paths;

    /// <summary>The mask is part of what a seed means: a faster kernel must not draw another one. From the formula, computed elsewhere.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void Apply_EveryPath_DrawsTheMaskOfTheFormula(SimdPath path)
    {
        const string expected = "0000011100110010011010100100000010001101111110010000001111100010001011011101100001110111101001000000";
        using var ones = new TestMatrix(1, expected.Length, offset: 1);
        new Span<float>(ones.Data, expected.Length).Fill(1);
        new Dropout(0.5f, 9).Apply(ones.Data, expected.Length, 5, path);
        Assert.Equal(expected, string.Concat(ones.RowToDouble().Select(value => value == 0 ? '0' : '1')));
        ones.CheckGuards();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Apply_EveryPathAndLength_GivesTheBitsOfTheScalarOne(SimdPath path)
    {
        for (int count = 1; count < 700; count += count < 70 ? 1 : 37)
        {
            using TestMatrix x = TestMatrix.Random(new Random(count), 1, count, gap: 40), expected = x.Copy();
            new Dropout(0.3f, 2).Apply(x.Data, count, count, path);
            new Dropout(0.3f, 2).Apply(expected.Data, count, count, SimdPath.Scalar);
            Assert.Equal(expected.Bits(), x.Bits());
        }
    }

    [Theory]
    [InlineData(0.1f)]
    [InlineData(0.5f)]
    [InlineData(0.9f)]
    public void Apply_ManyEntries_DropsTheRateAndScalesTheRest(float rate)
    {
        const int count = 400_000;
        bool[] kept = Mask(rate, key: 1, row: 0, count, out float value);
        double share = kept.Count(keep => !keep) / (double)count;

        // Five standard deviations of a binomial share.
        Assert.True(Math.Abs(share - rate) <= 5 * Math.Sqrt(rate * (1 - rate) / count), $"{share} dropped");
        Near.Check(1 / (1 - (double)rate), value, 1e-6 / (1 - rate), "a kept one");
    }

    [Fact]
    public void Apply_SameKeyAndRow_GivesTheSameMaskWhateverTheValues()
    {
        using TestMatrix first = new(1, 101), second = TestMatrix.Random(new Random(1), 1, 101, offset: 1);
        new Span<float>(first.Data, 101).Fill(1);
        double[] before = second.RowToDouble();
        new Dropout(0.4f, 9).Apply(first.Data, 101, 5);
        new Dropout(0.4f, 9).Apply(second.Data, 101, 5);
        for (int i = 0; i < 101; i++)
        {
            Near.Check(before[i] * first[0, i], second[0, i], 1e-6, $"entry {i}");
        }

        second.CheckGuards();
    }

    [Fact]
    public void Apply_OtherLength_KeepsTheMaskOfTheEntriesBoth()
    {
        bool[] longer = Mask(0.5f, 3, 7, 50, out _);
        for (int count = 1; count < 50; count++)
        {
            Assert.Equal(longer[..count], Mask(0.5f, 3, 7, count, out _));
        }
    }

    [Fact]
    public void Apply_OtherRowsKeysOrColumns_AreIndependent()
    {
        const int count = 100_000;
        bool[] mask = Mask(0.5f, 1, 0, count, out _);
        Independent(mask, Mask(0.5f, 1, 1, count, out _), "the next row");
        Independent(mask, Mask(0.5f, 2, 0, count, out _), "the next key");
        Independent(mask, Mask(0.5f, 1, 1L << 40, count, out _), "a row far away");
        for (int shift = 1; shift <= 9; shift++)
        {
            Independent(mask[shift..], mask[..^shift], $"the mask moved by {shift}");
        }

        for (int shift = 0; shift <= 64; shift += 4)
        {
            Independent(mask[shift..], Mask(0.5f, 1, shift + 1, count, out _)[..(count - shift)], $"row {shift + 1} moved by {shift}");
        }
    }

    [Fact]
    public void Apply_NaN_ShowsUnlessDropped()
    {
        using var x = new TestMatrix(1, 1000);
        new Span<float>(x.Data, 1000).Fill(float.NaN);
        new Dropout(0.5f, 1).Apply(x.Data, 1000, 0);
        Assert.All(x.RowToDouble(), value => Assert.True(double.IsNaN(value) || value == 0));
        Assert.Contains(x.RowToDouble(), double.IsNaN);
    }

    [Fact]
    public void Apply_RateZeroOrDefault_ChangesNothing()
    {
        Assert.False(default(Dropout).IsActive);
        Assert.False(new Dropout(0, 5).IsActive);
        using TestMatrix x = TestMatrix.Random(new Random(1), 1, 20), before = x.Copy();
        default(Dropout).Apply(x.Data, 20, 0);
        new Dropout(0, 5).Apply(x.Data, 20, 0);
        Assert.Equal(before.Bits(), x.Bits());
    }

    [Theory]
    [InlineData(-0.1f)]
    [InlineData(1)]
    [InlineData(float.NaN)]
    public void Constructor_RateOutOfRange_IsRefused(float rate) => Assert.Throws<ArgumentOutOfRangeException>(() => new Dropout(rate, 1));

    [Fact]
    public void Drop_TeamsOfOneToThree_MaskEachRowByItsNumber()
    {
        var dropout = new Dropout(0.3f, 4);
        Cases.OnEveryTeam(team =>
        {
            using TestMatrix x = TestMatrix.Random(new Random(1), 50, 33, gap: 1), expected = x.Copy();
            RowMap.Drop(team, x.View, dropout);
            for (int row = 0; row < 50; row++)
            {
                dropout.Apply(expected.View.Row(row), 33, row);
            }

            Assert.Equal(expected.Bits(), x.Bits());
            return x.Bits();
        });
    }

    /// <summary>Two fair masks agree in half of their entries.</summary>
    private static void Independent(bool[] first, bool[] second, string what)
    {
        double share = first.Zip(second, (a, b) => a == b).Count(equal => equal) / (double)first.Length;
        Assert.True(Math.Abs(share - 0.5) <= 5 * 0.5 / Math.Sqrt(first.Length), $"{what}: {share:P2} agree");
    }

    private static bool[] Mask(float rate, ulong key, long row, int count, out float kept)
    {
        using var ones = new TestMatrix(1, count);
        new Span<float>(ones.Data, count).Fill(1);
        new Dropout(rate, key).Apply(ones.Data, count, row);
        double[] values = ones.RowToDouble();
        kept = (float)values.Max();
        return [.. values.Select(value => value != 0)];
    }
}
