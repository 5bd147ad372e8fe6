using Endpoints.Compute.Simd;
using Endpoints.Compute.Tests.Support;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Training;

namespace Endpoints.Compute.Tests.Training;

public sealed unsafe class AdamWTests
{
    private const int Steps = 5;

    public static TheoryData<SimdPath> Paths => Cases.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public void Step_FiveSteps_MatchesOracle(SimdPath path)
    {
        using var team = new ThreadTeam(2);
        foreach (int length in (int[])[1, 7, 33, 769, 40_001])
        {
            var settings = new AdamWSettings(WeightDecay: length % 2 == 0 ? 0 : 0.1f);
            using var run = new Run(length);
            double[] p = run.Values.RowToDouble(), m = new double[length], v = new double[length];
            for (int step = 1; step <= Steps; step++)
            {
                run.Step(team, step, settings, path);
                Expect(p, m, v, run.Gradient.RowToDouble(), step, settings);
            }

            for (int i = 0; i < length; i++)
            {
                Near.Check(p[i], run.Values[0, i], 1e-6, $"value {i} of {length}, {path}");
                Near.Check(m[i], run.First[0, i], 1e-6, $"first moment {i} of {length}, {path}");
                Near.Check(v[i], run.Second[0, i], 1e-6 * v[i], $"second moment {i} of {length}, {path}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Step_TeamsOfOneToThree_GiveTheSameBits(SimdPath path) => Cases.OnEveryTeam(team =>
    {
        using var run = new Run(70_001);
        run.Step(team, 1, new AdamWSettings(), path);
        return [.. run.Values.Bits(), .. run.First.Bits(), .. run.Second.Bits()];
    });

    [Theory]
    [MemberData(nameof(Paths))]
    public void Step_NaNGradient_ShowsInItsParameterOnly(SimdPath path)
    {
        using var team = new ThreadTeam(1);
        using var run = new Run(50);
        run.NaNAt = 37;
        run.Step(team, 1, new AdamWSettings(), path);
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(i == 37, float.IsNaN(run.Values[0, i])));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Step_ZeroGradientAndNoDecay_LeavesTheParameter(SimdPath path)
    {
        using var team = new ThreadTeam(1);
        using TestMatrix values = TestMatrix.Random(new Random(1), 1, 20), before = values.Copy(), zeros = new(1, 20), first = new(1, 20), second = new(1, 20);
        AdamW.Step(team, new((nint)values.Data, (nint)zeros.Data, (nint)first.Data, (nint)second.Data, 20), 1, 0.1f, 1, new AdamWSettings(WeightDecay: 0), path);
        Assert.Equal(before.Bits(), values.Bits());
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void SumOfSquares_AwkwardLengths_MatchesOracle(SimdPath path)
    {
        foreach (int length in (int[])[0, 1, 7, 33, 769, 2047, 2048, 2049, 10_000])
        {
            using TestMatrix x = TestMatrix.Random(new Random(length), 1, length, offset: 1);
            double expected = x.RowToDouble().Sum(value => value * value);
            double sum = AdamW.SumOfSquares(x.Data, length, path);
            Assert.True(Math.Abs(sum - expected) <= 5e-6 * expected, $"{length}: expected {expected}, found {sum}");
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void SumOfSquares_NaN_IsNaN(SimdPath path)
    {
        using TestMatrix x = TestMatrix.Random(new Random(1), 1, 5000);
        x[0, 4999] = float.NaN;
        Assert.True(double.IsNaN(AdamW.SumOfSquares(x.Data, 5000, path)));
    }

    private static float LearningRate(int step) => 0.01f * step;

    /// <summary>Algorithm 2 of Loshchilov and Hutter (2019), in double.</summary>
    private static void Expect(double[] p, double[] m, double[] v, double[] gradient, int step, AdamWSettings settings)
    {
        double rate = LearningRate(step), correction1 = 1 - Math.Pow(settings.Beta1, step), correction2 = 1 - Math.Pow(settings.Beta2, step);
        for (int i = 0; i < p.Length; i++)
        {
            double g = gradient[i] * 0.5;
            p[i] *= 1 - (rate * settings.WeightDecay);
            m[i] = (settings.Beta1 * m[i]) + ((1 - (double)settings.Beta1) * g);
            v[i] = (settings.Beta2 * v[i]) + ((1 - (double)settings.Beta2) * g * g);
            p[i] -= rate * (m[i] / correction1) / (Math.Sqrt(v[i] / correction2) + settings.Epsilon);
        }
    }

    /// <summary>A tensor with a new random gradient each step.</summary>
    private sealed class Run(int length) : IDisposable
    {
        private readonly Random _random = new(length);

        public TestMatrix Values { get; } = TestMatrix.Random(new Random(length + 1), 1, length, offset: 1);

        public TestMatrix Gradient { get; } = new(1, length);

        public TestMatrix First { get; } = new(1, length, offset: 2);

        public TestMatrix Second { get; } = new(1, length, offset: 3);

        public int? NaNAt { get; set; }

        public void Step(ThreadTeam team, int step, AdamWSettings settings, SimdPath path)
        {
            for (int i = 0; i < length; i++)
            {
                // Never near 0: there, the direction of Adam's step is rounding noise.
                float size = 0.1f + _random.NextSingle();
                Gradient[0, i] = i == NaNAt ? float.NaN : i % 3 == 0 ? -size : size;
            }

            AdamW.Step(team, new((nint)Values.Data, (nint)Gradient.Data, (nint)First.Data, (nint)Second.Data, length), step, LearningRate(step), 0.5f, settings, path);
            Values.CheckGuards();
            First.CheckGuards();
            Second.CheckGuards();
        }

        public void Dispose()
        {
            Values.Dispose();
            Gradient.Dispose();
            First.Dispose();
            Second.Dispose();
        }
    }
}
