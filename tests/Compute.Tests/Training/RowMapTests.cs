using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Reference;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Training;

namespace Endpoints.Compute.Tests.Training;

public sealed unsafe class RowMapTests
{
    public static TheoryData<SimdPath> Paths => Cases.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public void Run_AwkwardShapes_MatchesOracle(SimdPath path)
    {
        Check<RowMap.AddOperator>(path, (y, x) => y + x);
        Check<RowMap.GeluOperator>(path, (y, x) => y * ReferenceFunctions.GeluDerivative(x));
        Check<RowMap.TanhOperator>(path, (y, x) => y * (1 - (x * x)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Run_TeamsOfOneToThree_GiveTheSameBits(SimdPath path)
    {
        using TestMatrix x = TestMatrix.Random(new Random(1), 50, 33, scale: 3);
        Cases.OnEveryTeam(team =>
        {
            using TestMatrix y = TestMatrix.Random(new Random(2), 50, 33);
            RowMap.Run<RowMap.GeluOperator>(team, y.View, x.View, path);
            return y.Bits();
        });
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Run_NaNInEitherInput_ShowsInItsElementOnly(SimdPath path)
    {
        using var team = new ThreadTeam(1);
        using TestMatrix y = TestMatrix.Random(new Random(1), 3, 21), x = TestMatrix.Random(new Random(2), 3, 21);
        y[1, 20] = float.NaN;
        x[2, 4] = float.NaN;
        RowMap.Run<RowMap.GeluOperator>(team, y.View, x.View, path);
        for (int i = 0; i < 63; i++)
        {
            Assert.Equal((i / 21, i % 21) is (1, 20) or (2, 4), float.IsNaN(y[i / 21, i % 21]));
        }
    }

    [Fact]
    public void PublicEntryPoints_OneElement_ApplyTheirOwnOperator()
    {
        using var team = new ThreadTeam(1);
        using var x = new TestMatrix(1, 1);
        x[0, 0] = 0.5f;
        Near.Check(2.5, After(RowMap.Add), 1e-6, "added");
        Near.Check(1.5, After(RowMap.TanhBackward), 1e-6, "tanh");
        Near.Check(2 * ReferenceFunctions.GeluDerivative(0.5), After(RowMap.GeluBackward), 1e-6, "GELU");

        float After(Action<ThreadTeam, MatrixView, MatrixView> map)
        {
            using var y = new TestMatrix(1, 1);
            y[0, 0] = 2;
            map(team, y.View, x.View);
            return y[0, 0];
        }
    }

    private static void Check<TOperator>(SimdPath path, Func<double, double, double> expected)
        where TOperator : struct, RowMap.IBinaryOperator
    {
        using var team = new ThreadTeam(2);
        foreach (int width in Cases.Widths)
        {
            var random = new Random(width);
            int rows = random.Next(1, 40), gap = width % 4;
            using TestMatrix y = TestMatrix.Random(random, rows, width, gap, offset: gap), x = TestMatrix.Random(random, rows, width, offset: 1, scale: 3);
            double[,] before = y.ToDouble();
            for (int i = 0; i < rows * width; i++)
            {
                before[i / width, i % width] = expected(before[i / width, i % width], x[i / width, i % width]);
            }

            RowMap.Run<TOperator>(team, y.View, x.View, path);
            Near.Check(before, y, 2e-6, 0, $"{typeof(TOperator).Name}, {path}, {rows} × {width}");
            y.CheckGuards();
        }
    }
}
