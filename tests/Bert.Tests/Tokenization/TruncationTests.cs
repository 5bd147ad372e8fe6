using Endpoints.Bert.Tokenization;

namespace Endpoints.Bert.Tests.Tokenization;

public sealed class TruncationTests
{
    [Theory]
    [InlineData(3, 4, 7, 3, 4)]     // Fits exactly.
    [InlineData(9, 0, 5, 5, 0)]     // One text.
    [InlineData(2, 9, 7, 2, 5)]     // Only the longer one is cut.
    [InlineData(9, 2, 7, 5, 2)]
    [InlineData(9, 3, 6, 3, 3)]
    [InlineData(9, 8, 6, 3, 3)]     // Both over half: half each.
    [InlineData(9, 8, 7, 4, 3)]     // The odd token goes to the text that was longer,
    [InlineData(8, 9, 7, 3, 4)]
    [InlineData(9, 9, 7, 3, 4)]     // and to the second if they were equal.
    [InlineData(4, 4, 7, 3, 4)]
    [InlineData(5, 5, 0, 0, 0)]
    [InlineData(1, 1, 1, 0, 1)]
    [InlineData(int.MaxValue, int.MaxValue, 11, 5, 6)]
    public void LongestFirst_Lengths_CutsToBudget(int first, int second, int budget, int expectedFirst, int expectedSecond) =>
        Assert.Equal((expectedFirst, expectedSecond), Truncation.LongestFirst(first, second, budget));
}
