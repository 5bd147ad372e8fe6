using Endpoints.Compute.Attention;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Linear;
using Endpoints.Compute.Tests.Reference;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Tiles;

namespace Endpoints.Compute.Tests.Attention;

public sealed class AttentionTests
{
    public static TheoryData<SimdPath> Paths => Cases.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public void Forward_RaggedBatches_MatchesOracle(SimdPath path) => ForEveryCase(attention =>
    {
        using var team = new ThreadTeam(2);
        using TestMatrix context = attention.Forward(team, path);
        Near.Check(attention.ExpectedForward(), context, 4e-6, 0, $"context, {path}");
        context.CheckGuards();
    });

    [Theory]
    [MemberData(nameof(LinearForwardTests.Kernels), MemberType = typeof(LinearForwardTests))]
    public void Forward_BFloat16_MatchesOracleOnRoundedOperands(Precision precision, TilePath tiles, SimdPath path)
    {
        if (precision == Precision.BFloat16)
        {
            using var team = new ThreadTeam(2);
            foreach (int headSize in (int[])[2, 10, 16, 64, 70])
            {
                using var attention = new AttentionCase([3, 33, 1, 64, 130], heads: 2, headSize);
                using TestMatrix context = attention.ForwardBFloat16(team, tiles, path);
                Near.Check(attention.ExpectedForward(), context, 0.012, 0.008, $"context, {tiles} {path}");
            }
        }
    }

    [Fact]
    public void Forward_BFloat16TeamsOfOneToThree_GiveTheSameBits()
    {
        using var attention = new AttentionCase([3, 33, 1, 50], heads: 3, headSize: 16);
        Cases.OnEveryTeam(team =>
        {
            using TestMatrix context = attention.ForwardBFloat16(team, TileSelection.PathOf(Precision.BFloat16), SimdSelection.Path);
            return context.Bits();
        });
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Backward_RaggedBatches_MatchesOracle(SimdPath path) => ForEveryCase(attention =>
    {
        using var team = new ThreadTeam(2);
        double[][,] expected = attention.ExpectedBackward();
        TestMatrix[] gradients = attention.Backward(team, path);
        for (int i = 0; i < gradients.Length; i++)
        {
            Near.Check(expected[i], gradients[i], 2e-5, 2e-5, $"gradient of {"QKV"[i]}, {path}");
            gradients[i].CheckGuards();
            gradients[i].Dispose();
        }
    });

    [Theory]
    [MemberData(nameof(Paths))]
    public void ForwardAndBackward_TeamsOfOneToThree_GiveTheSameBits(SimdPath path)
    {
        using var attention = new AttentionCase([3, 33, 1, 50], heads: 3, headSize: 16, rate: 0.2f);
        Cases.OnEveryTeam(team =>
        {
            using TestMatrix context = attention.Forward(team, path);
            return [.. context.Bits(), .. attention.Backward(team, path).SelectMany(gradient => gradient.Bits())];
        });
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Forward_NaNInOneKey_ReachesItsSequenceAndHeadAndNoOther(SimdPath path)
    {
        using var team = new ThreadTeam(1);
        using var attention = new AttentionCase([5, 7, 4], heads: 2, headSize: 8);
        attention.K[6, 11] = float.NaN;
        using TestMatrix context = attention.Forward(team, path);
        for (int row = 0; row < context.Rows; row++)
        {
            for (int column = 0; column < context.Columns; column++)
            {
                Assert.Equal(row is >= 5 and < 12 && column >= 8, float.IsNaN(context[row, column]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Forward_NaNInOneQuery_ReachesItsRowOnly(SimdPath path)
    {
        using var team = new ThreadTeam(1);
        using var attention = new AttentionCase([60, 7], heads: 1, headSize: 8);
        attention.Q[50, 3] = float.NaN;
        using TestMatrix context = attention.Forward(team, path);
        for (int row = 0; row < context.Rows; row++)
        {
            Assert.Equal(row == 50, float.IsNaN(context[row, 0]));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Backward_NaNInTheContextsGradient_ReachesTheQueryItBelongsTo(SimdPath path)
    {
        using var team = new ThreadTeam(1);
        using var attention = new AttentionCase([9, 7], heads: 1, headSize: 8);
        attention.Gradient[4, 0] = float.NaN;
        TestMatrix[] gradients = attention.Backward(team, path);
        for (int row = 0; row < 16; row++)
        {
            Assert.Equal(row == 4, float.IsNaN(gradients[0][row, 1]));
            Assert.Equal(row < 9, float.IsNaN(gradients[1][row, 1]));
            Assert.Equal(row < 9, float.IsNaN(gradients[2][row, 0]));
        }
    }

    [Fact]
    public void ReferenceBackward_FiniteDifferences_AreItsSlopes()
    {
        var random = new Random(2);
        double[,] Make(int rows, int columns) => TestMatrix.Random(random, rows, columns).ToDouble();
        double[,] q = Make(3, 4), k = Make(5, 4), v = Make(5, 4), gradient = Make(3, 4), mask = Make(3, 5);
        (double[,] dq, double[,] dk, double[,] dv) = ReferenceAttention.Backward(q, k, v, mask, gradient);
        double Loss()
        {
            double[,] context = ReferenceAttention.Forward(q, k, v, mask);
            return Enumerable.Range(0, 12).Sum(i => context[i / 4, i % 4] * gradient[i / 4, i % 4]);
        }

        FiniteDifference.Check(Loss, q, dq, "Q");
        FiniteDifference.Check(Loss, k, dk, "K");
        FiniteDifference.Check(Loss, v, dv, "V");
    }

    [Fact]
    public void GrowingScratch_LongerOrWider_GrowsAndNeverShrinks()
    {
        using var growing = new GrowingAttentionScratch(2, backward: true);
        AttentionScratch small = growing.For(20, 16);
        Assert.Same(small, growing.For(32, 32));
        AttentionScratch longer = growing.For(100, 16);
        Assert.True(longer.MaxLength >= 100 && longer.HeadSize >= 32);
        Assert.True(growing.For(10, 64).MaxLength >= 100);
    }

    private static void ForEveryCase(Action<AttentionCase> check)
    {
        foreach ((int[] lengths, int heads, int size) in ((int[], int, int)[])[([1], 1, 1), ([7, 1, 31], 3, 8), ([33, 2], 2, 31), ([64, 97, 5], 1, 64), ([12, 48, 49], 2, 33)])
        {
            foreach (float rate in (float[])[0, 0.3f])
            {
                foreach (bool oneQuery in (bool[])[false, true])
                {
                    using var attention = new AttentionCase(lengths, heads, size, oneQuery, gap: size % 4, rate);
                    check(attention);
                }
            }
        }
    }
}
