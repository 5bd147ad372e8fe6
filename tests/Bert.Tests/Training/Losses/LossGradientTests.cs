using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;

namespace Endpoints.Bert.Tests.Training.Losses;

/// <summary>Every loss's gradient against central differences of its own value, and its values against formulas written out here.</summary>
public sealed class LossGradientTests
{
    public static TheoryData<string, int, float> Cases
    {
        get
        {
            var data = new TheoryData<string, int, float>();
            foreach (string loss in (string[])["cross-entropy", "distillation", "distillation-squared", "sum"])
            {
                data.Add(loss, 2, 1);
                data.Add(loss, 5, 3);
            }

            data.Add("squared-error", 1, 2);
            data.Add("distillation", 1, 2);
            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Compute_AnyLogits_GradientMatchesDifferences(string name, int labelCount, float spread)
    {
        const int Rows = 7;
        var random = new Random(5);
        float[] logits = Normal(random, Rows * labelCount, spread);
        ILoss loss = Make(name, random, Rows, labelCount, spread);
        float[] gradient = new float[logits.Length];
        Array.Fill(gradient, 123f);
        loss.Compute(logits, labelCount, gradient);
        for (int i = 0; i < logits.Length; i++)
        {
            // A wide step and Richardson's combination: the value is a float, so a narrow step would measure its rounding.
            double difference = ((4 * Difference(loss, logits, labelCount, i, 0.05f)) - Difference(loss, logits, labelCount, i, 0.1f)) / 3;
            Assert.True(Math.Abs(difference - gradient[i]) <= 1e-4 * Math.Max(1, spread * spread), $"{name}[{i}]: {difference} against {gradient[i]}");
        }
    }

    [Fact]
    public void Compute_DistillationSquared_GradientIsTemperatureTimesProbabilityDifference()
    {
        float[] teacher = [3, -1, 0.5f];
        float[] logits = [-2, 4, 1];
        float[] gradient = new float[3];
        new DistillationLoss(teacher, 10, squareTemperature: true).Compute(logits, 3, gradient);
        double[] p = Softmax(teacher, 10);
        double[] q = Softmax(logits, 10);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(Math.Abs((10 * (q[i] - p[i])) - gradient[i]) <= 1e-6);
        }
    }

    [Theory]
    [InlineData(100f, -100f, 0, 0)]
    [InlineData(100f, -100f, 1, 200)]
    [InlineData(-1000f, -1000f, 1, 0.6931471805599453)]
    public void Compute_CrossEntropyOfLargeLogits_IsFiniteAndExact(float first, float second, int label, double expected)
    {
        float[] gradient = new float[2];
        float loss = new CrossEntropyLoss(new[] { label }).Compute([first, second], 2, gradient);
        Assert.True(Math.Abs(loss - expected) <= 1e-5, $"{loss}");
        Assert.True(Math.Abs(gradient[0] + gradient[1]) <= 1e-7);
    }

    [Fact]
    public void Compute_DistillationOfLargeLogits_IsFiniteAndExact()
    {
        float[] gradient = new float[2];
        float loss = new DistillationLoss(new float[] { 100, -100 }, 1, squareTemperature: false).Compute([-100, 100], 2, gradient);
        Assert.True(Math.Abs(loss - 200) <= 1e-4, $"{loss}");
        Assert.True(Math.Abs(gradient[0] + 1) <= 1e-7 && Math.Abs(gradient[1] - 1) <= 1e-7);
    }

    [Theory]
    [InlineData("cross-entropy", 3)]
    [InlineData("distillation", 3)]
    [InlineData("distillation", 1)]
    [InlineData("squared-error", 1)]
    [InlineData("sum", 3)]
    public void Compute_OneLogitNaN_LossAndItsRowAreNaN(string name, int labelCount)
    {
        var random = new Random(1);
        ILoss loss = Make(name, random, 2, labelCount, 1);
        float[] logits = Normal(random, 2 * labelCount, 1);
        logits[^1] = float.NaN;
        float[] gradient = new float[logits.Length];
        Assert.True(float.IsNaN(loss.Compute(logits, labelCount, gradient)));
        Assert.True(float.IsNaN(gradient[^1]));
        Assert.True(float.IsFinite(gradient[0]));
    }

    [Fact]
    public void Compute_ShapesThatDoNotFit_Throw()
    {
        Assert.Throws<ArgumentException>(() => new CrossEntropyLoss(new[] { 0, 1 }).Compute(new float[3], 2, new float[3]));
        Assert.Throws<ArgumentException>(() => new CrossEntropyLoss(new[] { 0, 2 }).Compute(new float[4], 2, new float[4]));
        Assert.Throws<ArgumentException>(() => new CrossEntropyLoss(new[] { 0, -1 }).Compute(new float[4], 2, new float[4]));
        Assert.Throws<ArgumentException>(() => new CrossEntropyLoss(Array.Empty<int>()).Compute([], 2, []));
        Assert.Throws<ArgumentException>(() => new SquaredErrorLoss(new float[2]).Compute(new float[4], 2, new float[4]));
        Assert.Throws<ArgumentException>(() => new DistillationLoss(new float[6], 1, false).Compute(new float[4], 2, new float[4]));
        Assert.Throws<ArgumentException>(() => new DistillationLoss(new float[4], 1, false).Compute(new float[4], 2, new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DistillationLoss(new float[4], 0, false));
    }

    private static ILoss Make(string name, Random random, int rows, int labelCount, float spread) => name switch
    {
        "cross-entropy" => new CrossEntropyLoss(Enumerable.Range(0, rows).Select(_ => random.Next(labelCount)).ToArray()),
        "squared-error" => new SquaredErrorLoss(Normal(random, rows, spread)),
        "distillation" => new DistillationLoss(Normal(random, rows * labelCount, spread), 2, squareTemperature: false),
        "distillation-squared" => new DistillationLoss(Normal(random, rows * labelCount, spread), 10, squareTemperature: true),
        "sum" => new WeightedSum((Make("cross-entropy", random, rows, labelCount, spread), 0.5f), (Make("distillation-squared", random, rows, labelCount, spread), 2f)),
        _ => throw new ArgumentException(name),
    };

    private static double Difference(ILoss loss, float[] logits, int labelCount, int index, float step)
    {
        float[] moved = [.. logits];
        float[] ignored = new float[logits.Length];
        moved[index] = logits[index] + step;
        float up = moved[index];
        double above = loss.Compute(moved, labelCount, ignored);
        moved[index] = logits[index] - step;
        double below = loss.Compute(moved, labelCount, ignored);
        return (above - below) / ((double)up - moved[index]);
    }

    private static double[] Softmax(float[] logits, double temperature)
    {
        double[] powers = [.. logits.Select(logit => Math.Exp(logit / temperature))];
        return [.. powers.Select(power => power / powers.Sum())];
    }

    private static float[] Normal(Random random, int count, float spread) =>
        [.. Enumerable.Range(0, count).Select(_ => spread * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
}
