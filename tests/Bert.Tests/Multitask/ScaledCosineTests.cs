using Endpoints.Bert.Multitask;

namespace Endpoints.Bert.Tests.Multitask;

public sealed class ScaledCosineTests
{
    [Fact]
    public void Backward_AnyVectors_MatchesDifferences()
    {
        var random = new Random(3);
        float[] p = [.. Enumerable.Range(0, 7).Select(_ => random.NextSingle() - 0.5f)], q = [.. Enumerable.Range(0, 7).Select(_ => random.NextSingle() - 0.5f)];
        float[] pGradient = new float[7], qGradient = new float[7];
        ScaledCosine.Backward(p, q, 5, 0.25f, pGradient, qGradient);
        for (int i = 0; i < 7; i++)
        {
            AssertDifference(p, i, () => 0.25 * ScaledCosine.Score(p, q, 5), pGradient[i]);
            AssertDifference(q, i, () => 0.25 * ScaledCosine.Score(p, q, 5), qGradient[i]);
        }
    }

    [Fact]
    public void Score_SameVector_IsScaleAndPassesNoGradient()
    {
        float[] p = [0.3f, -2, 0.7f], pGradient = [1, 1, 1], qGradient = [1, 1, 1];
        Assert.Equal(5, ScaledCosine.Score(p, p, 5), 1e-6);
        ScaledCosine.Backward(p, p, 5, 1, pGradient, qGradient);
        Assert.All(pGradient.Concat(qGradient), value => Assert.True(Math.Abs(value) <= 1e-6, $"{value}"));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1e-8f)]
    public void Score_VectorOfNoLength_IsZeroAndPassesNoGradient(float length)
    {
        float[] p = [length, 0], q = [1, 2], pGradient = [9, 9], qGradient = [9, 9];
        Assert.Equal(0, ScaledCosine.Score(p, q, 5));
        ScaledCosine.Backward(p, q, 5, 1, pGradient, qGradient);
        Assert.All(pGradient.Concat(qGradient), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Score_NotANumber_StaysOne() => Assert.True(float.IsNaN(ScaledCosine.Score([float.NaN, 1], [1, 2], 5)));

    private static void AssertDifference(float[] x, int i, Func<double> value, float gradient)
    {
        float at = x[i];
        x[i] = at + 1e-2f;
        double above = value();
        x[i] = at - 1e-2f;
        double below = value();
        x[i] = at;
        Assert.True(Math.Abs(((above - below) / 2e-2) - gradient) <= 2e-3, $"[{i}]: {(above - below) / 2e-2} against {gradient}");
    }
}
