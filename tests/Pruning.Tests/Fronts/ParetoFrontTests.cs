using Endpoints.Pruning.Fronts;

namespace Endpoints.Pruning.Tests.Fronts;

public sealed class ParetoFrontTests
{
    /// <summary>Whose published rank function gave 1, 2, 0 here.</summary>
    [Fact]
    public void Ranks_ThreePointsInLine_AreTrueRanks() => Assert.Equal([2, 0, 1], ParetoFront.Ranks([[3, 3], [1, 1], [2, 2]]));

    [Fact]
    public void Distinct_Copies_KeepsTheFirst() => Assert.Equal([0, 2], ParetoFront.Distinct([[1, 2], [1, 2], [2, 1], [2, 2], [2, 1]]));

    [Fact]
    public void Staircase_EqualOnOneAxis_KeepsOnlyStrictlyBetterPoints() =>
        Assert.Equal([3, 0], ParetoFront.Staircase([[1, 5], [2, 5], [1, 6], [3, 4]], along: 1, falling: 0));

    [Fact]
    public void Of_ThreeObjectives_KeepsWhatIsBestInAnyOne() =>
        Assert.Equal([0, 1, 2], ParetoFront.Of([[1, 9, 9], [9, 1, 9], [9, 9, 1], [9, 9, 9], [2, 9, 9]]));

    [Fact]
    public void Of_NoPoints_IsEmpty()
    {
        Assert.Empty(ParetoFront.Of([]));
        Assert.Empty(ParetoFront.Ranks([]));
        Assert.Equal(0, Hypervolume.Of([], [2, 2]));
        Assert.Empty(Normalization.Quantile([]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void HypervolumeOf_IntegerPoints_CountsDominatedCells(int objectives)
    {
        const int Side = 6;
        var random = new Random(objectives);
        double[] reference = [.. Enumerable.Repeat((double)Side, objectives)];
        for (int round = 0; round < 20; round++)
        {
            // Some lie on or beyond the reference.
            double[][] points = [.. Enumerable.Range(0, 1 + (round % 7)).Select(_ => reference.Select(_ => (double)random.Next(Side + 2)).ToArray())];
            int cells = 0;
            for (int cell = 0; cell < (int)Math.Pow(Side, objectives); cell++)
            {
                cells += points.Any(point => Enumerable.Range(0, objectives).All(i => point[i] <= cell / (int)Math.Pow(Side, i) % Side)) ? 1 : 0;
            }

            Assert.Equal(cells, Hypervolume.Of(points, reference), 9);
        }
    }

    [Fact]
    public void HypervolumeOf_Origin_IsTheWholeBox() => Assert.Equal(4, Hypervolume.Of([[0, 0]], [2, 2]));
}
