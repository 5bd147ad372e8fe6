using Endpoints.Compute.Linear;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Tiles;

namespace Endpoints.Compute.Tests.Linear;

public sealed unsafe class PairedProductTests : IDisposable
{
    private readonly ThreadTeam _team = new(2);
    private readonly PairedBuffer _left = new(), _right = new();

    /// <summary>Every path that this machine can run.</summary>
    public static TheoryData<TilePath, SimdPath> Kernels
    {
        get
        {
            var cases = new TheoryData<TilePath, SimdPath>();
            foreach (TilePath path in Enum.GetValues<TilePath>())
            {
                foreach (SimdPath width in SimdSelection.Available)
                {
                    if (TileKernels.TryCreatePaired(path, width) is not null)
                    {
                        cases.Add(path, width);
                    }
                }
            }

            return cases;
        }
    }

    public void Dispose()
    {
        _team.Dispose();
        _left.Dispose();
        _right.Dispose();
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Add_OddShapes_MatchOracle(TilePath path, SimdPath width)
    {
        int[] depths = [1, 2, 3, 31, 32, 33, 101];
        foreach (int rows in (int[])[1, 2, 3, 4, 5, 7, 11, 12, 13, 23, 24, 31, 32, 33, 45, 64, 70])
        {
            foreach (int columns in (int[])[1, 15, 16, 17, 32, 33, 70])
            {
                Check(path, width, rows, columns, depths[(rows + columns) % depths.Length]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Add_MoreTokensThanABlock_MatchesOracle(TilePath path, SimdPath width)
    {
        Check(path, width, 33, 40, 4096);
        Check(path, width, 33, 40, 8213);
    }

    [Fact]
    public void Add_AnyTeam_SameBits()
    {
        var random = new Random(3);
        using TestMatrix a = TestMatrix.Random(random, 4201, 97), b = TestMatrix.Random(random, 4201, 161), start = TestMatrix.Random(random, 97, 161);
        Cases.OnEveryTeam(team =>
        {
            using TestMatrix c = start.Copy();
            PairedProduct.Add(team, _left.Pack(team, a.View), _right.Pack(team, b.View), c.View);
            return c.Bits();
        });
    }

    [Fact]
    public void Add_ValueThatIsNotFinite_SpoilsItsOwnRowOrColumnOnly()
    {
        using TestMatrix a = TestMatrix.Random(new Random(1), 5, 40), b = TestMatrix.Random(new Random(2), 5, 35), c = new(40, 35);
        a[4, 38] = float.NaN;
        b[3, 2] = float.NegativeInfinity;
        PairedProduct.Add(_team, _left.Pack(_team, a.View), _right.Pack(_team, b.View), c.View);
        for (int row = 0; row < c.Rows; row++)
        {
            for (int column = 0; column < c.Columns; column++)
            {
                Assert.True(float.IsFinite(c[row, column]) == (row != 38 && column != 2), $"[{row}, {column}] is {c[row, column]}");
            }
        }
    }

    [Fact]
    public void Add_ShapesThatDoNotFit_AreRefused()
    {
        using TestMatrix a = new(5, 4), b = new(6, 3), c = new(4, 3);
        PairedMatrix left = _left.Pack(_team, a.View), right = _right.Pack(_team, b.View);
        Assert.Contains("5 × 4", Assert.Throws<ArgumentException>(() => PairedProduct.Add(_team, left, right, c.View)).Message, StringComparison.Ordinal);
    }

    /// <summary>The memory is reused: what a larger matrix left there must not count.</summary>
    private void Check(TilePath path, SimdPath width, int rows, int columns, int depth)
    {
        TileKernels kernels = TileKernels.TryCreatePaired(path, width)!;
        var random = new Random((rows * 1000) + columns);
        using TestMatrix a = TestMatrix.Random(random, depth, rows, gap: 3), b = TestMatrix.Random(random, depth, columns, gap: 1), c = TestMatrix.Random(random, rows, columns, gap: 2);
        double[,] expected = c.ToDouble();
        var size = new double[rows, columns];
        for (int k = 0; k < depth; k++)
        {
            for (int row = 0; row < rows; row++)
            {
                double left = RoundedMatrix.BFloat16(a[k, row]);
                for (int column = 0; column < columns; column++)
                {
                    double product = left * RoundedMatrix.BFloat16(b[k, column]);
                    expected[row, column] += product;
                    size[row, column] += Math.Abs(product);
                }
            }
        }

        PairedProduct.Add(_team, _left.Pack(_team, a.View), _right.Pack(_team, b.View), c.View, kernels, width);
        Near.Check(expected, c, (row, column) => 3e-6 * (size[row, column] + 3), $"{path} {width}, {rows} × {columns} × {depth}");
        c.CheckGuards();
    }
}
