using Endpoints.Compute.Normalization;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Reference;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Normalization;

public sealed unsafe class LayerNormTests
{
    private const float Epsilon = 1e-5f;

    public static TheoryData<SimdPath> Paths => Cases.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public void Forward_AwkwardShapesAndOffsets_MatchesOracle(SimdPath path)
    {
        var random = new Random(1);
        using var team = new ThreadTeam(2);
        foreach (int width in Cases.Widths)
        {
            int rows = random.Next(1, 27), gap = width % 4;
            using TestMatrix x = TestMatrix.Random(random, rows, width, gap, offset: gap, scale: 5), y = new(rows, width, gap, offset: gap), statistics = new(rows, 2);
            using TestMatrix gamma = TestMatrix.Random(random, 1, width, offset: gap), beta = TestMatrix.Random(random, 1, width, offset: gap);
            LayerNorm.Forward(team, x.View, gamma.Data, beta.Data, Epsilon, y.View, statistics.Data, null, path);
            Near.Check(Expected(x, gamma, beta), y, 1e-5, 1e-5, $"{path}, {rows} × {width}");
            y.CheckGuards();
            for (int row = 0; row < rows; row++)
            {
                double[] values = x.RowToDouble(row);
                double mean = values.Average(), variance = values.Average(value => (value - mean) * (value - mean));
                Near.Check(mean, statistics[row, 0], 1e-5, "mean");
                Near.Check(1 / Math.Sqrt(variance + Epsilon), statistics[row, 1], 1e-5 / Math.Sqrt(variance + Epsilon), "1/σ");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Forward_InPlace_GivesTheSameBits(SimdPath path)
    {
        var random = new Random(2);
        using var team = new ThreadTeam(1);
        using TestMatrix x = TestMatrix.Random(random, 9, 33), y = new(9, 33), gamma = TestMatrix.Random(random, 1, 33), beta = TestMatrix.Random(random, 1, 33);
        LayerNorm.Forward(team, x.View, gamma.Data, beta.Data, Epsilon, y.View, null, null, path);
        LayerNorm.Forward(team, x.View, gamma.Data, beta.Data, Epsilon, x.View, null, null, path);
        Assert.Equal(y.Bits(), x.Bits());
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Forward_LargeMeanSmallSpread_KeepsItsAccuracy(SimdPath path)
    {
        var random = new Random(3);
        using var team = new ThreadTeam(1);
        using TestMatrix x = TestMatrix.Random(random, 3, 769), y = new(3, 769), gamma = TestMatrix.Random(random, 1, 769), beta = new(1, 769);
        for (int column = 0; column < x.Columns; column++)
        {
            x[0, column] += 100;
            x[1, column] = 7;
        }

        double[,] expected = Expected(x, gamma, beta);
        LayerNorm.Forward(team, x.View, gamma.Data, beta.Data, 1e-12f, y.View, null, null, path);
        for (int column = 0; column < x.Columns; column++)
        {
            Near.Check(expected[0, column], y[0, column], 4e-4, "far from zero");
            Near.Check(0, y[1, column], 0, "a constant row");
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Forward_NaNOrInfinityInARow_MakesThatRowNaNAndNoOther(SimdPath path)
    {
        using var team = new ThreadTeam(1);
        foreach (float special in (float[])[float.NaN, float.PositiveInfinity])
        {
            for (int position = 0; position < 33; position += 8)
            {
                using TestMatrix x = TestMatrix.Random(new Random(position), 5, 33), gamma = TestMatrix.Random(new Random(1), 1, 33);
                x[2, position] = special;
                LayerNorm.Forward(team, x.View, gamma.Data, gamma.Data, Epsilon, x.View, null, null, path);
                for (int row = 0; row < 5; row++)
                {
                    Assert.All(x.RowToDouble(row), value => Assert.Equal(row == 2, double.IsNaN(value)));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Backward_AwkwardShapesAndOffsets_MatchesOracle(SimdPath path)
    {
        var random = new Random(4);
        using var team = new ThreadTeam(2);
        foreach (int width in Cases.Widths.Where(width => width > 1))
        {
            int rows = random.Next(1, 90), gap = width % 4;
            using TestMatrix x = TestMatrix.Random(random, rows, width, gap, offset: gap, scale: 2), dy = TestMatrix.Random(random, rows, width, gap, offset: gap);
            using TestMatrix gamma = TestMatrix.Random(random, 1, width, offset: gap), dx = new(rows, width, gap), statistics = new(rows, 2);
            using TestMatrix dGamma = TestMatrix.Random(random, 1, width), dBeta = TestMatrix.Random(random, 1, width);
            using TestMatrix y = new(rows, width);
            (double[,] expectedX, double[,] expectedGamma, double[,] expectedBeta) = ExpectedBackward(x, gamma, dy, dGamma, dBeta);
            LayerNorm.Forward(team, x.View, gamma.Data, gamma.Data, Epsilon, y.View, statistics.Data, null, path);
            double[] deviations = [.. Enumerable.Range(0, rows).Select(row => Math.Max(1, statistics[row, 1]))];
            LayerNorm.Backward(team, dy.View, x.View, gamma.Data, statistics.Data, dx.View, dGamma.Data, dBeta.Data, path);
            Near.Check(expectedX, dx, (row, _) => 1e-5 * deviations[row] * deviations[row], $"dx, {path}, {rows} × {width}");
            Near.Check(expectedGamma, dGamma, (_, _) => 5e-5 * deviations.Max(), $"dγ, {path}, {rows} × {width}");
            Near.Check(expectedBeta, dBeta, 2e-5, 0, $"dβ, {path}, {rows} × {width}");
            dx.CheckGuards();
            dGamma.CheckGuards();
            dBeta.CheckGuards();
            LayerNorm.Backward(team, dy.View, x.View, gamma.Data, statistics.Data, dy.View, dGamma.Data, dBeta.Data, path);
            Assert.True(dx.RowToDouble(rows - 1).SequenceEqual(dy.RowToDouble(rows - 1)), "In place, the backward gives something else.");
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void ForwardAndBackward_TeamsOfOneToThree_GiveTheSameBits(SimdPath path)
    {
        var random = new Random(5);
        using TestMatrix x = TestMatrix.Random(random, 90, 200), dy = TestMatrix.Random(random, 90, 200), gamma = TestMatrix.Random(random, 1, 200);
        Cases.OnEveryTeam(team =>
        {
            using TestMatrix y = new(90, 200), dx = new(90, 200), statistics = new(90, 2), dGamma = new(1, 200), dBeta = new(1, 200);
            LayerNorm.Forward(team, x.View, gamma.Data, gamma.Data, Epsilon, y.View, statistics.Data, null, path);
            LayerNorm.Backward(team, dy.View, x.View, gamma.Data, statistics.Data, dx.View, dGamma.Data, dBeta.Data, path);
            return [.. y.Bits(), .. dx.Bits(), .. statistics.Bits(), .. dGamma.Bits(), .. dBeta.Bits()];
        });
    }

    [Fact]
    public void ReferenceBackward_FiniteDifferences_AreItsSlopes()
    {
        var random = new Random(6);
        double[,] x = TestMatrix.Random(random, 1, 7).ToDouble(), gamma = TestMatrix.Random(random, 1, 7).ToDouble(), beta = TestMatrix.Random(random, 1, 7).ToDouble();
        double[] dy = TestMatrix.Random(random, 1, 7).RowToDouble();
        double Loss() => ReferenceLayerNorm.Forward(Row(x), Row(gamma), Row(beta), Epsilon).Zip(dy, (y, slope) => y * slope).Sum();
        (double[] dx, double[] dGamma, double[] dBeta) = ReferenceLayerNorm.Backward(Row(x), Row(gamma), Epsilon, dy);
        FiniteDifference.Check(Loss, x, Matrix(dx), "x");
        FiniteDifference.Check(Loss, gamma, Matrix(dGamma), "γ");
        FiniteDifference.Check(Loss, beta, Matrix(dBeta), "β");
    }

    private static double[] Row(double[,] matrix) => [.. matrix.Cast<double>()];

    private static double[,] Matrix(double[] row)
    {
        var matrix = new double[1, row.Length];
        Buffer.BlockCopy(row, 0, matrix, 0, row.Length * sizeof(double));
        return matrix;
    }

    private static double[,] Expected(TestMatrix x, TestMatrix gamma, TestMatrix beta)
    {
        var expected = new double[x.Rows, x.Columns];
        for (int row = 0; row < x.Rows; row++)
        {
            double[] y = ReferenceLayerNorm.Forward(x.RowToDouble(row), gamma.RowToDouble(), beta.RowToDouble(), Epsilon);
            Buffer.BlockCopy(y, 0, expected, row * x.Columns * sizeof(double), x.Columns * sizeof(double));
        }

        return expected;
    }

    /// <summary>dx of every row, and the sums over rows on top of what dγ and dβ hold.</summary>
    private static (double[,] X, double[,] Gamma, double[,] Beta) ExpectedBackward(TestMatrix x, TestMatrix gamma, TestMatrix dy, TestMatrix dGamma, TestMatrix dBeta)
    {
        double[,] expected = new double[x.Rows, x.Columns], sumGamma = dGamma.ToDouble(), sumBeta = dBeta.ToDouble();
        for (int row = 0; row < x.Rows; row++)
        {
            (double[] dx, double[] rowGamma, double[] rowBeta) = ReferenceLayerNorm.Backward(x.RowToDouble(row), gamma.RowToDouble(), Epsilon, dy.RowToDouble(row));
            for (int column = 0; column < x.Columns; column++)
            {
                expected[row, column] = dx[column];
                sumGamma[0, column] += rowGamma[column];
                sumBeta[0, column] += rowBeta[column];
            }
        }

        return (expected, sumGamma, sumBeta);
    }
}
