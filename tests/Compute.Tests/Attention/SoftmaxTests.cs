using Endpoints.Compute.Attention;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Reference;
using Endpoints.Compute.Tests.Support;

namespace Endpoints.Compute.Tests.Attention;

public sealed unsafe class SoftmaxTests
{
    public static TheoryData<SimdPath> Paths => Cases.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public void Run_AwkwardWidthsAndOffsets_MatchesOracle(SimdPath path)
    {
        var random = new Random(1);
        foreach (int width in Cases.Widths)
        {
            for (int offset = 0; offset < 3; offset++)
            {
                foreach (float size in (float[])[0.01f, 3, 300])
                {
                    using TestMatrix x = TestMatrix.Random(random, 1, width, offset: offset, scale: size);
                    double[] expected = ReferenceFunctions.Softmax(x.RowToDouble(), 0.25);
                    Run(path, x, 0.25f);
                    for (int i = 0; i < width; i++)
                    {
                        Near.Check(expected[i], x[0, i], 1e-6, $"{path}, width {width}, size {size}, entry {i}");
                    }

                    Near.Check(1, (float)x.RowToDouble().Sum(), 1e-6, "the sum");
                    x.CheckGuards();
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Run_HugeScores_DoNotOverflow(SimdPath path)
    {
        using var x = new TestMatrix(1, 33);
        x[0, 5] = 3e38f;
        x[0, 32] = 3e38f;
        x[0, 7] = -3e38f;
        Run(path, x, 1);
        Near.Check(0.5, x[0, 5], 1e-6, "one of the two largest");
        Near.Check(0.5, x[0, 32], 1e-6, "the other");
        Near.Check(0, x[0, 7], 1e-6, "the smallest");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Run_NaNAnywhere_MakesTheWholeRowNaN(SimdPath path)
    {
        foreach (int width in (int[])[1, 7, 16, 33, 50])
        {
            for (int position = 0; position < width; position++)
            {
                using TestMatrix x = TestMatrix.Random(new Random(position), 1, width);
                x[0, position] = float.NaN;
                Run(path, x, 1);
                Assert.All(x.RowToDouble(), value => Assert.True(double.IsNaN(value), $"NaN at {position} of {width} left {value}."));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Run_InfiniteScore_IsNotHidden(SimdPath path)
    {
        using TestMatrix x = TestMatrix.Random(new Random(1), 1, 21);
        x[0, 3] = float.PositiveInfinity;
        Run(path, x, 1);
        Assert.All(x.RowToDouble(), value => Assert.True(double.IsNaN(value) || value == 0, $"{value}"));
        Assert.Contains(x.RowToDouble(), double.IsNaN);
    }

    private static void Run(SimdPath path, TestMatrix x, float scale) => SimdDispatch.Run(new Kernel(x.Data, x.Columns, scale), path);

    private readonly struct Kernel(float* x, int count, float scale) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd> => Softmax.Run<TSimd>(x, count, scale);
    }
}
