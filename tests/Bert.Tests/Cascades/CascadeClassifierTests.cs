using Endpoints.Bert.Cascades;

namespace Endpoints.Bert.Tests.Cascades;

public sealed class CascadeClassifierTests
{
    [Theory]
    [InlineData(new float[] { 2, 0 }, 1, 0.7615941559557649)]
    [InlineData(new float[] { 0, 2 }, 2, 0.46211715726000975)]
    [InlineData(new float[] { 1, 1 }, 1, 0)]
    [InlineData(new float[] { 1000, -1000 }, 1, 1)]
    [InlineData(new float[] { 0, 1, 3 }, 1, 0.729599535096745)]
    public void Margin_OfLogits_IsTheDifferenceOfTheTwoBestProbabilities(float[] logits, double temperature, double expected) =>
        Assert.Equal(expected, Margin.Of(logits, temperature), 1e-12);

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(0, float.NaN)]
    [InlineData(float.PositiveInfinity, 0)]
    [InlineData(0, float.NegativeInfinity)]
    public void Margin_OfWhatIsNoNumber_IsNotANumber(float first, float second) => Assert.True(double.IsNaN(Margin.Of([first, second])));

    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(0.5, new[] { 1, 3, 4 })]
    [InlineData(1, new[] { 0, 1, 2, 3, 4 })]
    public void Classify_RowsBelowTheThreshold_AreTheLargeOnes(double threshold, int[] unsure)
    {
        // Margins 0.76, 0.38, 0.96, 0 and, of the last row, none.
        var small = new Fixed([2, 0, 0, 0.8f, 4, 0, 0, 0, float.NaN, 0]);
        var large = new Echo();
        var cascade = new CascadeClassifier(new SeparateClassifiers(small, large), threshold);
        float[] logits = new float[10];
        cascade.Classify(Batch(5), logits);

        int[] expected = threshold == 0 ? [4] : unsure;
        Assert.Equal(expected, cascade.Unsure.ToArray());
        for (int row = 0; row < 5; row++)
        {
            bool isLarge = expected.Contains(row);
            Assert.Equal(isLarge ? [10 + row, row + 1] : small.Logits.AsSpan(2 * row, 2).ToArray(), logits.AsSpan(2 * row, 2).ToArray());
        }
    }

    [Fact]
    public void Classify_BatchesOfAnySize_KeepNothingOfTheLast()
    {
        var small = new Fixed([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        var cascade = new CascadeClassifier(new SeparateClassifiers(small, new Echo()), 0.5);
        float[] logits = new float[10];
        cascade.Classify(Batch(5), logits);
        small.Logits = [9, 0, 0, 0];
        cascade.Classify(Batch(2), logits.AsSpan(0, 4));

        Assert.Equal([1], cascade.Unsure.ToArray());
        Assert.Equal([9, 0, 11, 2], logits[..4]);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Constructor_ThresholdOutsideMargins_IsRefused(double threshold) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CascadeClassifier(new SeparateClassifiers(new Echo(), new Echo()), threshold));

    /// <summary>Row i has i + 1 tokens, of which each is 10 + i.</summary>
    private static TokenBatch Batch(int rows)
    {
        var batch = new TokenBatch(1, 1);
        for (int row = 0; row < rows; row++)
        {
            batch.Add([.. Enumerable.Repeat(10 + row, row + 1)], new int[row + 1]);
        }

        return batch;
    }

    /// <summary>Answers what it was told.</summary>
    private sealed class Fixed(float[] logits) : IClassifier
    {
        public float[] Logits { get; set; } = logits;

        public int LabelCount => 2;

        public int MaxSequenceLength => 8;

        public void Classify(TokenBatch batch, Span<float> output) => Logits.CopyTo(output);
    }

    /// <summary>Answers each row's first token and its length.</summary>
    private sealed class Echo : IClassifier
    {
        public int LabelCount => 2;

        public int MaxSequenceLength => 8;

        public void Classify(TokenBatch batch, Span<float> logits)
        {
            for (int row = 0; row < batch.Count; row++)
            {
                (logits[2 * row], logits[(2 * row) + 1]) = (batch.Tokens[batch.Offsets[row]], batch.Offsets[row + 1] - batch.Offsets[row]);
            }
        }
    }
}
