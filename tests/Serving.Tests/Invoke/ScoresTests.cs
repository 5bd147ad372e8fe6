using Endpoints.Serving.Invoke;

namespace Endpoints.Serving.Tests.Invoke;

public sealed class ScoresTests
{
    [Theory]
    [InlineData(new[] { 1f, 2f, 3f }, new[] { 0.09003057, 0.24472847, 0.66524096 }, 2)]
    [InlineData(new[] { -100f, 5f }, new[] { 0, 1.0 }, 1)]
    [InlineData(new[] { 100f, -100f }, new[] { 1.0, 0 }, 0)]
    [InlineData(new[] { 3e38f, 3e38f }, new[] { 0.5, 0.5 }, 0)]
    [InlineData(new[] { 7f }, new[] { 1.0 }, 0)]
    public void Softmax_AnySize_IsStable(float[] logits, double[] expected, int best)
    {
        var scores = new float[logits.Length];

        Assert.Equal(best, Scores.Softmax(logits, scores));

        Assert.All(scores.Zip(expected), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-7, $"{pair}"));
    }

    [Fact]
    public void Softmax_Temperature_FlattensTheScoresAndKeepsTheLabel()
    {
        // Logits 3 ln 2 apart, at T = 3: 2 to 1.
        var scores = new float[2];
        Assert.Equal(1, Scores.Softmax([1, 1 + (3 * MathF.Log(2))], scores, 3));
        Assert.True(Math.Abs(scores[1] - (2.0 / 3)) <= 1e-6, $"{scores[1]}");
    }

    [Theory]
    [InlineData(1f, true)]
    [InlineData(float.NaN, false)]
    [InlineData(float.PositiveInfinity, false)]
    [InlineData(float.NegativeInfinity, false)]
    public void AreFinite_LastLogit_Counts(float logit, bool expected) => Assert.Equal(expected, Scores.AreFinite([0, logit]));
}
