using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.SearchSpaces;

public sealed class SmallSpaceTests
{
    private static ISearchSpace Base => Make.Small(BertConfig.Base(28_996));

    [Fact]
    public void DesignPoints_BertBase_AreThoseOfThePaper()
    {
        Assert.Equal(new SearchPoint(0, 1, 1), Base.Smallest);
        Assert.Equal(new SearchPoint(12, 12, 3072), Base.Largest);
        Assert.Equal(new SearchPoint(6, 5, 1535), Base.Midpoint);
        Assert.Equal(["layers", "heads", "units"], Base.Dimensions.Select(dimension => dimension.Name));
    }

    [Fact]
    public void SubNetworkAt_Point_KeepsFirstLayersHeadsAndUnits()
    {
        Assert.Equal("small:l=6,h=5,u=1535", Base.SubNetworkAt(Base.Midpoint).ToString());
        Assert.Equal("full", Base.SubNetworkAt(Base.Largest).ToString());
        Assert.Equal(23_257_346, ParameterCount.Sliced(Base.SuperNetwork, Base.SubNetworkAt(Base.Smallest)));
        Assert.Equal(Base.SubNetworkAt(Base.Smallest), Base.SubNetworkAt(new SearchPoint(0, 7, 900)));
    }

    [Fact]
    public void Midpoint_OneHead_StaysInsideTheSpace()
    {
        ISearchSpace space = Make.Small(Make.Config(layers: 1, heads: 1, units: 2));
        Assert.Equal(new SearchPoint(0, 1, 1), space.Midpoint);
    }

    [Fact]
    public void Sample_ManyDraws_IsUniformInEveryDimension()
    {
        ISearchSpace space = Make.Small();
        var random = new Random(3);
        SearchPoint[] points = [.. Enumerable.Range(0, 8000).Select(_ => space.Sample(random))];
        for (int i = 0; i < 3; i++)
        {
            Dimension dimension = space.Dimensions[i];
            double expected = 8000.0 / (dimension.Maximum - dimension.Minimum + 1);
            var counts = points.CountBy(point => point.Values[i]).ToDictionary();
            Assert.Equal(Enumerable.Range(dimension.Minimum, dimension.Maximum - dimension.Minimum + 1), counts.Keys.Order());
            Assert.All(counts.Values, count => Assert.InRange(count, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected))));
        }
    }

    /// <summary>Quantiles of the kept share of parameters, computed for BERT-base-cased by an independent program from 200,000 draws.</summary>
    [Fact]
    public void Sample_BertBase_KeepsTheSharesOfParametersThatThePaperDraws()
    {
        var random = new Random(11);
        ISearchSpace space = Base;
        double[] shares = [.. Enumerable.Range(0, 4000)
            .Select(_ => ParameterCount.Sliced(space.SuperNetwork, space.SubNetworkAt(space.Sample(random))) / 108_311_810.0).Order()];
        Assert.InRange(shares.Average(), 0.406, 0.426);
        (double Quantile, double Share)[] expected = [(0.05, 0.215), (0.25, 0.285), (0.5, 0.382), (0.75, 0.517), (0.95, 0.728)];
        Assert.All(expected, pair => Assert.InRange(shares[(int)(pair.Quantile * shares.Length)], pair.Share - 0.02, pair.Share + 0.02));
    }

    [Fact]
    public void Neighbour_ManyDraws_ChangesOneCoordinateToAnyOtherValueUniformly()
    {
        ISearchSpace space = Make.Small();
        var point = new SearchPoint(2, 1, 8);
        var random = new Random(4);
        var counts = new Dictionary<(int Dimension, int Value), int>();
        for (int i = 0; i < 9000; i++)
        {
            SearchPoint neighbour = space.Neighbour(point, random);
            int changed = Assert.Single(Enumerable.Range(0, 3), j => neighbour.Values[j] != point.Values[j]);
            counts[(changed, neighbour.Values[changed])] = counts.GetValueOrDefault((changed, neighbour.Values[changed])) + 1;
        }

        // 4 other layers, 3 other heads, 7 other units; a third of the draws in each dimension.
        Assert.Equal(14, counts.Count);
        Assert.All(counts, pair =>
        {
            double expected = 3000.0 / (pair.Key.Dimension switch { 0 => 4, 1 => 3, _ => 7 });
            Assert.InRange(pair.Value, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected)));
        });
    }

    [Theory]
    [InlineData(5, 1, 1, "layers goes from 0 to 4")]
    [InlineData(-1, 1, 1, "layers goes from 0 to 4")]
    [InlineData(1, 0, 1, "heads goes from 1 to 4")]
    [InlineData(1, 1, 9, "units goes from 1 to 8")]
    public void SubNetworkAt_OutsideTheSpace_SaysWhereItGoes(int layers, int heads, int units, string expected)
    {
        var exception = Assert.Throws<ArgumentException>(() => Make.Small().SubNetworkAt(new SearchPoint(layers, heads, units)));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SubNetworkAt_WrongNumberOfCoordinates_Throws() =>
        Assert.Throws<ArgumentException>(() => Make.Small().SubNetworkAt(new SearchPoint(1, 1)));

    [Fact]
    public void Create_UnequalLayers_SaysWhatIsNeeded()
    {
        BertConfig config = Make.Config() with { Layers = [new LayerShape(4, 8), new LayerShape(2, 8)] };
        var exception = Assert.Throws<ArgumentException>(() => Make.Small(config));
        Assert.Contains("equal layers", exception.Message, StringComparison.Ordinal);
    }
}
