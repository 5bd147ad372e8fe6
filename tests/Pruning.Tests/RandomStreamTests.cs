namespace Endpoints.Pruning.Tests;

public sealed class RandomStreamTests
{
    [Fact]
    public void Create_SameArguments_DrawsTheSame_OtherArguments_DrawOther()
    {
        int[] Draw(int seed, string purpose, long index)
        {
            Random random = RandomStream.Create(seed, purpose, index);
            return [.. Enumerable.Range(0, 4).Select(_ => random.Next())];
        }

        int[] draws = Draw(1, "search", 0);
        Assert.Equal(draws, Draw(1, "search", 0));
        Assert.NotEqual(draws, Draw(2, "search", 0));
        Assert.NotEqual(draws, Draw(1, "shuffle", 0));
        Assert.NotEqual(draws, Draw(1, "search", 1));
    }

    [Fact]
    public void Create_ManyIndices_FirstDrawsAreUniform()
    {
        int[] counts = new int[10];
        for (int i = 0; i < 10_000; i++)
        {
            counts[RandomStream.Create(7, "search", i).Next(10)]++;
        }

        // 1000 expected in each, standard deviation 30.
        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }
}
