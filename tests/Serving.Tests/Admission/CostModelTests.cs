using Endpoints.Serving.Admission;

namespace Endpoints.Serving.Tests.Admission;

public sealed class CostModelTests
{
    private static readonly CostTerms Truth = new(Fixed: 0.002, PerToken: 40e-6, PerSquare: 20e-9);

    /// <summary>Rows and lengths as warm-up runs them.</summary>
    private static readonly (int Rows, int Length)[] Shapes = [(1, 512), (32, 64), (1, 8), (1, 64), (8, 64), (64, 8), (4, 512)];

    [Fact]
    public void Terms_BeforeAnyBatch_AreZero() => Assert.Equal(default, new CostModel().Terms);

    [Fact]
    public void Calibrate_ExactTimes_FindsTheTerms()
    {
        CostModel cost = Calibrated(_ => 1);

        AssertNear(Truth.Fixed, cost.Terms.Fixed, 0.001);
        AssertNear(Truth.PerToken, cost.Terms.PerToken, 0.001);
        AssertNear(Truth.PerSquare, cost.Terms.PerSquare, 0.001);
    }

    [Fact]
    public void Calibrate_NoisyTimes_PredictsEveryShapeWithinTheNoise()
    {
        var random = new Random(1);

        CostModel cost = Calibrated(_ => 1 + (0.05 * ((2 * random.NextDouble()) - 1)));

        Assert.All(Shapes, shape => AssertNear(Truth.Seconds(Of(shape)), cost.Seconds(Of(shape)), 0.06));
    }

    [Theory]
    [InlineData(0, 40e-6, 0)]
    [InlineData(0.002, 0, 0)]
    [InlineData(0, 0, 2e-6)]
    [InlineData(0.002, 40e-6, 0)]
    public void Calibrate_TermsThatAreZero_AreFoundToBe(double @fixed, double perToken, double perSquare)
    {
        var cost = new CostModel();
        var truth = new CostTerms(@fixed, perToken, perSquare);

        cost.Calibrate(Shapes.Select(shape => (Of(shape), TimeSpan.FromSeconds(truth.Seconds(Of(shape))))));

        Assert.All(Shapes, shape => AssertNear(truth.Seconds(Of(shape)), cost.Seconds(Of(shape)), 0.01));
        Assert.Equal(@fixed == 0, cost.Terms.Fixed < 1e-4);
        Assert.Equal(perToken == 0, cost.Terms.PerToken < 1e-6);
        Assert.Equal(perSquare == 0, cost.Terms.PerSquare < 1e-9);
    }

    [Fact]
    public void Calibrate_SquaresThatSeemToSaveTime_NeverBecomeNegative()
    {
        var cost = new CostModel();

        // The longer row is cheaper for each token: a fit without bounds would pay for squares.
        cost.Calibrate([(Of((1, 64)), Milliseconds(10)), (Of((1, 128)), Milliseconds(15)), (Of((1, 256)), Milliseconds(20)), (Of((1, 512)), Milliseconds(25))]);

        CostTerms terms = cost.Terms;
        Assert.True(terms.Fixed >= 0 && terms.PerToken >= 0 && terms.PerSquare >= 0, terms.ToString());
        AssertNear(0.025, cost.Seconds(Of((1, 512))), 0.2);
    }

    [Fact]
    public void Calibrate_BatchesAllAlike_ChargesTokens()
    {
        var cost = new CostModel();

        cost.Calibrate(Enumerable.Repeat((Of((1, 50)), Milliseconds(5)), 4));

        AssertNear(0.0001, cost.Terms.PerToken, 0.001);
        AssertNear(0.005, cost.Seconds(Of((1, 50))), 1e-6);
    }

    [Fact]
    public void Calibrate_ClockThatStandsStill_KnowsNothing()
    {
        var cost = new CostModel();

        cost.Calibrate([(Of((1, 50)), TimeSpan.Zero)]);
        cost.Observe(Of((1, 50)), TimeSpan.Zero);

        Assert.Equal(default, cost.Terms);
    }

    [Fact]
    public void Observe_WithoutWarmUp_FirstBatchIsTheEstimate()
    {
        var cost = new CostModel();

        cost.Observe(Of((1, 100)), Milliseconds(200));

        AssertNear(0.2, cost.Seconds(Of((1, 100))), 1e-6);
        AssertNear(0.4, cost.Seconds(Of((2, 100))), 1e-6);
    }

    [Fact]
    public void Observe_RealBatchesUnlikeWarmUp_BendsTheTerms()
    {
        CostModel cost = Calibrated(_ => 1);
        var truth = new CostTerms(0.001, 80e-6, 10e-9);
        var random = new Random(2);

        for (int i = 0; i < 300; i++)
        {
            Work work = Of((1 << random.Next(0, 6), random.Next(8, 256)));
            cost.Observe(work, TimeSpan.FromSeconds(truth.Seconds(work) * (0.95 + (0.1 * random.NextDouble()))));
        }

        foreach ((int, int) shape in new[] { (1, 16), (1, 128), (8, 64), (32, 32), (32, 200) })
        {
            AssertNear(truth.Seconds(Of(shape)), cost.Seconds(Of(shape)), 0.15);
        }

        Assert.InRange(cost.Error, 0, 0.06);
    }

    [Fact]
    public void Observe_MachineHalfAsFast_BatchesAllAlikeMoveEveryTerm()
    {
        CostModel cost = Calibrated(_ => 1);

        for (int i = 0; i < 200; i++)
        {
            cost.Observe(Of((4, 64)), TimeSpan.FromSeconds(2 * Truth.Seconds(Of((4, 64)))));
        }

        Assert.All(Shapes, shape => AssertNear(2 * Truth.Seconds(Of(shape)), cost.Seconds(Of(shape)), 0.03));
    }

    [Fact]
    public void Observe_Pauses_HardlyCount()
    {
        CostModel cost = Calibrated(_ => 1);
        var random = new Random(3);

        // One batch in fifty takes a hundred times as long.
        for (int i = 0; i < 500; i++)
        {
            Work work = Of((random.Next(1, 9), random.Next(16, 128)));
            cost.Observe(work, TimeSpan.FromSeconds(Truth.Seconds(work) * (i % 50 == 49 ? 100 : 1)));
        }

        Assert.All(new[] { (1, 64), (8, 64), (4, 100) }, shape => AssertNear(Truth.Seconds(Of(shape)), cost.Seconds(Of(shape)), 0.1));
    }

    [Fact]
    public void Observe_TenTimesSlowerForGood_IsFollowedWithin100Batches()
    {
        CostModel cost = Calibrated(_ => 1);

        for (int i = 0; i < 100; i++)
        {
            cost.Observe(Of((4, 64)), TimeSpan.FromSeconds(10 * Truth.Seconds(Of((4, 64)))));
        }

        AssertNear(10 * Truth.Seconds(Of((4, 64))), cost.Seconds(Of((4, 64))), 0.3);
    }

    [Fact]
    public void Observe_BatchesThatNeverVary_StaysFiniteForEver()
    {
        CostModel cost = Calibrated(_ => 1);
        for (int i = 0; i < 20_000; i++)
        {
            cost.Observe(Of((1, 64)), Milliseconds(7));
        }

        AssertNear(0.007, cost.Seconds(Of((1, 64))), 0.01);
        Assert.InRange(cost.Seconds(Of((1, 512))), 0.007, 1);
    }

    [Fact]
    public void Observe_WarmModel_AllocatesNothing()
    {
        CostModel cost = Calibrated(_ => 1);
        cost.Observe(Of((4, 64)), Milliseconds(15));

        long before = GC.GetAllocatedBytesForCurrentThread();
        cost.Observe(Of((4, 64)), Milliseconds(15));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static CostModel Calibrated(Func<int, double> noise)
    {
        var cost = new CostModel();
        cost.Calibrate(Shapes.Select((shape, i) => (Of(shape), TimeSpan.FromSeconds(Truth.Seconds(Of(shape)) * noise(i)))));
        return cost;
    }

    private static Work Of((int Rows, int Length) shape) =>
        new(shape.Rows, (long)shape.Rows * shape.Length, (long)shape.Rows * shape.Length * shape.Length);

    private static TimeSpan Milliseconds(double value) => TimeSpan.FromMilliseconds(value);

    private static void AssertNear(double expected, double actual, double tolerance) =>
        Assert.True(Math.Abs(actual - expected) <= tolerance * expected, $"Expected {expected} within {tolerance:P1}, found {actual}.");
}
