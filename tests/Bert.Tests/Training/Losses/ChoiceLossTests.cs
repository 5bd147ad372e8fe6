using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;

namespace Endpoints.Bert.Tests.Training.Losses;

public sealed class ChoiceLossTests
{
    private const int Choices = 4;
    private static readonly int[] Labels = [2, 0, 3, 1, 1];

    [Theory]
    [InlineData("cross-entropy")]
    [InlineData("distillation")]
    public void Compute_AnyLogits_GradientMatchesDifferencesOfTheFormula(string name)
    {
        var random = new Random(6);
        float[] logits = Uniform(random), teacher = Uniform(random);
        var inner = name == "distillation" ? (ILoss)new DistillationLoss(teacher, 3, squareTemperature: true) : new CrossEntropyLoss(Labels);
        Func<double[], double> formula = name == "distillation" ? z => 9 * Divergence(teacher, z, 3) : CrossEntropy;
        float[] gradient = new float[logits.Length];
        float loss = new ChoiceLoss(inner, Choices).Compute(logits, 1, gradient);

        double[] exact = [.. logits.Select(logit => (double)logit)];
        Assert.True(Math.Abs(loss - formula(exact)) <= 1e-6, $"{loss} against {formula(exact)}");
        for (int i = 0; i < exact.Length; i++)
        {
            double kept = exact[i];
            exact[i] = kept + 1e-5;
            double above = formula(exact);
            exact[i] = kept - 1e-5;
            double slope = (above - formula(exact)) / 2e-5;
            exact[i] = kept;
            Assert.True(Math.Abs(slope - gradient[i]) <= 1e-6, $"{i}: {slope} against {gradient[i]}");
        }
    }

    [Fact]
    public void Compute_OfAChoiceLoss_IsTheSame()
    {
        float[] logits = Uniform(new Random(7)), once = new float[logits.Length], twice = new float[logits.Length];
        var loss = new ChoiceLoss(new CrossEntropyLoss(Labels), Choices);
        Assert.Equal(loss.Compute(logits, 1, once), new ChoiceLoss(loss, Choices).Compute(logits, 1, twice));
        Assert.Equal(once, twice);
    }

    [Fact]
    public void Compute_ShapesThatDoNotFit_Throw()
    {
        var loss = new ChoiceLoss(new CrossEntropyLoss(new[] { 0 }), Choices);
        Assert.Contains("6 logits in rows of 1", Assert.Throws<ArgumentException>(() => loss.Compute(new float[6], 1, new float[6])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => loss.Compute(new float[4], 2, new float[4]));
        Assert.Throws<ArgumentException>(() => loss.Compute(new float[8], 1, new float[8]));
    }

    private static float[] Uniform(Random random) => [.. Labels.SelectMany(_ => Enumerable.Range(0, Choices)).Select(_ => 4 * random.NextSingle())];

    private static double CrossEntropy(double[] logits) => Labels.Select((label, row) =>
        -Math.Log(Softmax(logits[(row * Choices)..((row + 1) * Choices)], 1)[label])).Average();

    private static double Divergence(float[] teacher, double[] logits, double temperature) => Labels.Select((_, row) =>
    {
        Range of = (row * Choices)..((row + 1) * Choices);
        double[] p = Softmax([.. teacher[of].Select(logit => (double)logit)], temperature), q = Softmax(logits[of], temperature);
        return p.Zip(q).Sum(pair => pair.First * Math.Log(pair.First / pair.Second));
    }).Average();

    private static double[] Softmax(double[] logits, double temperature)
    {
        double[] powers = [.. logits.Select(logit => Math.Exp(logit / temperature))];
        return [.. powers.Select(power => power / powers.Sum())];
    }
}
