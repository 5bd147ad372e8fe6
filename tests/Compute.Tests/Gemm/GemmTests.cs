using Endpoints.Compute.Gemm;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Reference;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Gemm;

public sealed unsafe class GemmTests
{
    private static readonly int[] Depths = [1, 2, 7, 31, 33, 64, 100, 257];

    public static TheoryData<SimdPath> Paths => Cases.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public void Multiply_EveryRowCountAndAwkwardWidth_MatchesOracle(SimdPath path)
    {
        for (int rows = 1; rows <= 26; rows++)
        {
            foreach (int columns in (int[])[1, 7, 31, 32, 33, 64])
            {
                GemmCase.Random(new Random((rows * 100) + columns), rows, columns, depth: 1 + (rows * columns % 40)).CheckAgainstOracle(path);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Multiply_RandomOperandsOfEveryKind_MatchesOracle(SimdPath path)
    {
        var random = new Random(3);
        for (int i = 0; i < 120; i++)
        {
            GemmCase.Random(random, random.Next(1, 27), Cases.Widths[random.Next(12)], Depths[random.Next(Depths.Length)]).CheckAgainstOracle(path);
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Multiply_BertWidthsAndDepthBeyondABlock_MatchesOracle(SimdPath path)
    {
        var random = new Random(5);
        GemmCase.Random(random, 13, 33, 769).CheckAgainstOracle(path);
        GemmCase.Random(random, 5, 769, 64).CheckAgainstOracle(path);
        GemmCase.Random(random, 3, 35, 1023).CheckAgainstOracle(path);
        GemmCase.Random(random, 3, 64, 1024).CheckAgainstOracle(path);
        GemmCase.Random(random, 13, 33, 1025).CheckAgainstOracle(path);
        GemmCase.Random(random, 2, 7, 1100).CheckAgainstOracle(path);
        GemmCase.Random(random, 1, 31, 2100).CheckAgainstOracle(path);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Multiply_EveryFinishAndRightSideOnWholePartAndDeepPanels_MatchesOracle(SimdPath path)
    {
        foreach (Finish finish in Enum.GetValues<Finish>())
        {
            foreach (RightKind right in Enum.GetValues<RightKind>())
            {
                (GemmCase.Random(new Random(1), 13, 45, 1030) with { Finish = finish, Right = right }).CheckAgainstOracle(path);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Multiply_MatrixLargeEnoughToBeFetchedAhead_MatchesOracle(SimdPath path) =>
        (GemmCase.Random(new Random(1), 26, 190, 700) with { Right = RightKind.PackedFromTransposed, Finish = Finish.Bias }).CheckAgainstOracle(path);

    [Theory]
    [MemberData(nameof(Paths))]
    public void Multiply_NoRowsNoColumnsOrNoDepth_WritesZerosOrNothing(SimdPath path)
    {
        GemmCase.Random(new Random(1), 0, 5, 3).CheckAgainstOracle(path);
        GemmCase.Random(new Random(2), 5, 0, 3).CheckAgainstOracle(path);
        GemmCase.Random(new Random(3), 5, 37, 0).CheckAgainstOracle(path);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Multiply_NaNOrInfinityInAnOperand_ShowsInItsRowOrColumnAndNowhereElse(SimdPath path)
    {
        var random = new Random(9);
        foreach (float special in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            for (int i = 0; i < 12; i++)
            {
                int rows = random.Next(1, 27), columns = Cases.Widths[random.Next(11)], depth = Depths[random.Next(Depths.Length)];
                (GemmCase.Random(random, rows, columns, depth) with { SpecialInA = (random.Next(rows), random.Next(depth), special) }).CheckAgainstOracle(path);
                (GemmCase.Random(random, rows, columns, depth) with { SpecialInB = (random.Next(depth), random.Next(columns), special) }).CheckAgainstOracle(path);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Multiply_TeamsOfOneToThree_GiveTheSameBits(SimdPath path)
    {
        foreach ((int rows, int columns, int depth) in ((int, int, int)[])[(26, 100, 100), (67, 33, 129), (1, 769, 300), (300, 31, 31), (12, 64, 1100)])
        {
            var random = new Random(rows);
            using TestMatrix a = TestMatrix.Random(random, rows, depth), bias = TestMatrix.Random(random, 1, columns);
            using PackedMatrix b = GemmCase.Packed(random, depth, columns);
            Cases.OnEveryTeam(team =>
            {
                using var c = new TestMatrix(rows, columns);
                Compute.Gemm.Gemm.Run(team, LeftView.Of(a.View), b.View, c.View, add: false, new AddBiasGelu(bias.Data), path);
                return c.Bits();
            });
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Multiply_ARowAlone_HasTheBitsThatItHasAmongOthers(SimdPath path)
    {
        var random = new Random(4);
        using var team = new ThreadTeam(2);
        using TestMatrix a = TestMatrix.Random(random, 61, 77), bias = TestMatrix.Random(random, 1, 100);
        using PackedMatrix b = GemmCase.Packed(random, 77, 100);
        using var together = new TestMatrix(61, 100);
        Compute.Gemm.Gemm.Run(team, LeftView.Of(a.View), b.View, together.View, add: false, new AddBiasGelu(bias.Data), path);
        for (int row = 0; row < a.Rows; row++)
        {
            using var alone = new TestMatrix(1, 100);
            Compute.Gemm.Gemm.Run(team, LeftView.Of(new MatrixView(a.View.Row(row), 1, 77)), b.View, alone.View, add: false, new AddBiasGelu(bias.Data), path);
            Assert.True(new Span<float>(together.View.Row(row), 100).SequenceEqual(new Span<float>(alone.Data, 100)), $"Row {row} differs.");
        }
    }

    [Fact]
    public void Multiply_PublicEntryPoints_OverwriteAddAndFinish()
    {
        var random = new Random(8);
        using var team = new ThreadTeam(1);
        using TestMatrix a = TestMatrix.Random(random, 5, 9), c = TestMatrix.Random(random, 5, 40), bias = TestMatrix.Random(random, 1, 40);
        using PackedMatrix b = GemmCase.Packed(random, 9, 40, out float[] values);
        double[,] product = ReferenceGemm.Multiply(a.ToDouble(), GemmCase.Matrix(values, 9, 40)).Product;
        Compute.Gemm.Gemm.Multiply(team, LeftView.Of(a.View), b.View, c.View);
        Near.Check(product, c, 1e-5, 0, "overwritten");
        Compute.Gemm.Gemm.MultiplyAdd(team, LeftView.Of(a.View), b.View, c.View);
        Near.Check(2, c[4, 39] / (float)product[4, 39], 1e-5, "added");
        Compute.Gemm.Gemm.Multiply(team, LeftView.Of(a.View), b.View, c.View, new AddBias(bias.Data));
        Near.Check(product[4, 39] + bias[0, 39], c[4, 39], 1e-5, "with its bias");
    }

    [Fact]
    public void Multiply_ShapesThatDoNotFit_NamesAllThree()
    {
        using var team = new ThreadTeam(1);
        using TestMatrix a = new(3, 4), c = new(3, 6);
        using var b = new PackedMatrix(5, 6);
        string message = Assert.Throws<ArgumentException>(() => Compute.Gemm.Gemm.Multiply(team, LeftView.Of(a.View), b.View, c.View)).Message;
        Assert.Contains("A is 3 × 4, B is 5 × 6, C is 3 × 6", message, StringComparison.Ordinal);
    }
}
