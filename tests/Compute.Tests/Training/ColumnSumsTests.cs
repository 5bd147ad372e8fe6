using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Training;

namespace Endpoints.Compute.Tests.Training;

public sealed class ColumnSumsTests
{
    public static TheoryData<SimdPath> Paths => Cases.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public unsafe void Add_AwkwardShapes_AddsEveryRow(SimdPath path)
    {
        using var team = new ThreadTeam(2);
        foreach (int width in Cases.Widths)
        {
            var random = new Random(width);
            int rows = width == 33 ? 2_500 : random.Next(0, 150), gap = width % 4;
            using TestMatrix x = TestMatrix.Random(random, rows, width, gap, offset: gap), sums = TestMatrix.Random(random, 1, width, offset: gap);
            double[,] expected = sums.ToDouble();
            for (int i = 0; i < rows * width; i++)
            {
                expected[0, i % width] += x[i / width, i % width];
            }

            ColumnSums.Add(team, x.View, sums.Data, path);
            Near.Check(expected, sums, 1e-6 * (10 + rows), 0, $"{path}, {rows} × {width}");
            sums.CheckGuards();
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public unsafe void Add_TeamsOfOneToThree_GiveTheSameBits(SimdPath path)
    {
        using TestMatrix x = TestMatrix.Random(new Random(1), 150, 769);
        Cases.OnEveryTeam(team =>
        {
            using var sums = new TestMatrix(1, 769);
            ColumnSums.Add(team, x.View, sums.Data, path);
            return sums.Bits();
        });
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public unsafe void Add_NaN_ShowsInItsColumnOnly(SimdPath path)
    {
        using var team = new ThreadTeam(1);
        using TestMatrix x = TestMatrix.Random(new Random(1), 3, 70), sums = new(1, 70);
        x[1, 65] = float.NaN;
        ColumnSums.Add(team, x.View, sums.Data, path);
        Assert.All(Enumerable.Range(0, 70), column => Assert.Equal(column == 65, float.IsNaN(sums[0, column])));
    }
}
