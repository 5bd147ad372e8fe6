using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;

namespace Endpoints.Bert.Tests.Training.Losses;

/// <summary>Binary cross-entropy and absolute error against values worked out by hand.</summary>
public sealed class OneOutputLossTests
{
    [Theory]
    [InlineData(0f, 1, 0.6931471805599453, -0.5)]
    [InlineData(2f, 0, 2.1269280110429727, 0.8807970779778823)]
    [InlineData(-2f, 0, 0.1269280110429726, 0.1192029220221176)]
    [InlineData(1000f, 1, 0, 0)]
    [InlineData(1000f, 0, 1000, 1)]
    [InlineData(-1000f, 1, 1000, -1)]
    public void Compute_BinaryCrossEntropy_IsExactAndNeverOverflows(float logit, int label, double loss, double gradient)
    {
        float[] found = new float[2];
        float value = new BinaryCrossEntropyLoss(new[] { label, label }).Compute([logit, logit], 1, found);
        Assert.True(Math.Abs(value - loss) <= 1e-6 * Math.Max(1, loss), $"{value}");
        Assert.All(found, half => Assert.True(Math.Abs((2 * half) - gradient) <= 1e-6, $"{half}"));
    }

    [Fact]
    public void Compute_AbsoluteError_HasTheSignAsGradientAndNoneAtEquality()
    {
        float[] gradient = new float[4];
        float loss = new AbsoluteErrorLoss(new[] { 1f, 2f, 3f, 3f }).Compute([0.5f, 2, 5, 3.5f], 1, gradient);
        Assert.Equal(0.75f, loss);
        Assert.Equal([-0.25f, 0, 0.25f, 0.25f], gradient);
    }

    [Fact]
    public void Compute_NotANumber_StaysOne()
    {
        float[] gradient = new float[1];
        Assert.True(float.IsNaN(new AbsoluteErrorLoss(new[] { 1f }).Compute([float.NaN], 1, gradient)) && float.IsNaN(gradient[0]));
        Assert.True(float.IsNaN(new BinaryCrossEntropyLoss(new[] { 1 }).Compute([float.NaN], 1, gradient)) && float.IsNaN(gradient[0]));
    }

    [Fact]
    public void Compute_WrongShapeOrLabel_SaysWhatIsExpected()
    {
        Assert.Contains("0 and 1", Assert.Throws<ArgumentException>(() => new BinaryCrossEntropyLoss(new[] { 2 }).Compute([1f], 1, new float[1])).Message, StringComparison.Ordinal);
        foreach (ILoss loss in (ILoss[])[new BinaryCrossEntropyLoss(new[] { 1 }), new AbsoluteErrorLoss(new[] { 1f })])
        {
            Assert.Contains("one output a row", Assert.Throws<ArgumentException>(() => loss.Compute([1f, 2f], 2, new float[2])).Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => loss.Compute([1f, 2f], 1, new float[2]));
        }
    }
}
