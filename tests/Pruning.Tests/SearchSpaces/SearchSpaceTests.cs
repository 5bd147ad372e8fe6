using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.SearchSpaces;
using Endpoints.Pruning.Tests.Fakes;

namespace Endpoints.Pruning.Tests.SearchSpaces;

public sealed class SearchSpaceTests
{
    private static readonly BertConfig Base = BertConfig.Base(28_996);

    public static TheoryData<string> Spaces => [.. Catalogs.SearchSpaces.Names];

    [Theory, MemberData(nameof(Spaces))]
    public void Points_EverySpace_StayInsideAndLargestIsWhole(string name)
    {
        ISearchSpace space = Catalogs.SearchSpaces.Create(name, Make.Config(layers: 3));
        Assert.Equal("full", space.SubNetworkAt(space.Largest).ToString());
        long smallest = ParameterCount.Sliced(space.SuperNetwork, space.SubNetworkAt(space.Smallest));
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            SearchPoint point = space.Sample(random);
            SubNetwork subNetwork = space.SubNetworkAt(point);
            Assert.Equal(subNetwork, SubNetwork.Parse(subNetwork.ToString(), space.SuperNetwork));
            Assert.True(ParameterCount.Sliced(space.SuperNetwork, subNetwork) >= smallest);
            SearchPoint neighbour = space.Neighbour(point, random);
            Assert.Single(Enumerable.Range(0, space.Dimensions.Length), d => neighbour.Values[d] != point.Values[d]);
            space.SubNetworkAt(neighbour);
        }
    }

    [Theory]
    [InlineData("small", "small:l=0,h=0,u=0", "small:l=6,h=5,u=1535")]
    [InlineData("small-power2", "small:l=0,h=0,u=0", "small:l=6,h=3,u=1535")]
    [InlineData("layer", "small:l=0,h=0,u=0", "layer:000000111111")]
    [InlineData("layer-blocks", "small:l=0,h=0,u=0", "layer:000000111111")]
    [InlineData("medium", "small:l=0,h=0,u=0", "small:l=12,h=6,u=1536")]
    [InlineData("large", "small:l=0,h=0,u=0", "layer:000000111111")]
    public void DesignPoints_BertBase_AreThoseOfTheBaselines(string name, string smallest, string midpoint)
    {
        ISearchSpace space = Catalogs.SearchSpaces.Create(name, Base);
        Assert.Equal(smallest, space.SubNetworkAt(space.Smallest).ToString());
        Assert.Equal(midpoint, space.SubNetworkAt(space.Midpoint).ToString());
        Assert.Equal("full", space.SubNetworkAt(space.Largest).ToString());
    }

    [Theory]
    [InlineData("small", 3)]
    [InlineData("small-power2", 3)]
    [InlineData("layer", 12)]
    [InlineData("layer-blocks", 24)]
    [InlineData("medium", 24)]
    [InlineData("large", 37_008)]
    public void Dimensions_BertBase_AreAsManyAsThePaperHas(string name, int expected) =>
        Assert.Equal(expected, Catalogs.SearchSpaces.Create(name, Base).Dimensions.Length);

    [Fact]
    public void SubNetworkAt_SmallPower2_HalvesTheHeads()
    {
        ISearchSpace space = Catalogs.SearchSpaces.Create("small-power2", Base);
        Assert.Equal([1, 3, 6, 12], Enumerable.Range(0, 4).Select(step => space.SubNetworkAt(new SearchPoint(1, step, 5)).Layers[0].Heads.Count));
        ISearchSpace two = Catalogs.SearchSpaces.Create("small-power2", Make.Config(heads: 2));
        Assert.Equal(1, two.Dimensions[1].Maximum);
        Assert.Equal([1, 2], Enumerable.Range(0, 2).Select(step => two.SubNetworkAt(new SearchPoint(1, step, 5)).Layers[0].Heads.Count));
    }

    [Fact]
    public void SubNetworkAt_Bits_AreLayersBlocksHeadsAndUnits()
    {
        BertConfig config = Make.Config(layers: 2, heads: 2, units: 3);
        Assert.Equal("layer:01", Catalogs.SearchSpaces.Create("layer", config).SubNetworkAt(new SearchPoint(0, 1)).ToString());
        Assert.Equal("medium:h=2/0,u=0/3", Catalogs.SearchSpaces.Create("layer-blocks", config).SubNetworkAt(new SearchPoint(1, 0, 0, 1)).ToString());
        Assert.Equal("medium:h=1/2,u=3/0", Catalogs.SearchSpaces.Create("medium", config).SubNetworkAt(new SearchPoint(1, 2, 3, 0)).ToString());
        Assert.Equal(
            "large:h=2/0,u=5/4", Catalogs.SearchSpaces.Create("large", config).SubNetworkAt(new SearchPoint(0, 1, 1, 0, 1, 0, 0, 0, 0, 1)).ToString());
    }

    [Fact]
    public void Sample_Layer_DrawsEveryNumberOfLayersAndEveryLayerAlike()
    {
        ISearchSpace space = Catalogs.SearchSpaces.Create("layer", Base);
        var random = new Random(5);
        int[][] points = [.. Enumerable.Range(0, 13_000).Select(_ => space.Sample(random).Values.ToArray())];
        int[] counts = [.. points.CountBy(point => point.Sum()).OrderBy(pair => pair.Key).Select(pair => pair.Value)];
        Assert.Equal(13, counts.Length);
        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
        Assert.All(Enumerable.Range(0, 12), layer => Assert.InRange(points.Count(point => point[layer] == 1), 6200, 6800));
    }

    [Theory]
    [InlineData(0, 23_257_346)]
    [InlineData(3, 44_520_962)]
    [InlineData(6, 65_784_578)]
    [InlineData(9, 87_048_194)]
    [InlineData(11, 101_223_938)]
    public void SubNetworkAt_LayersOfBertBase_HaveThePapersSizes(int kept, long expected)
    {
        ISearchSpace space = Catalogs.SearchSpaces.Create("layer", Base);
        var point = new SearchPoint([.. Enumerable.Range(0, 12).Select(layer => layer < kept ? 1 : 0)]);
        Assert.Equal(expected, ParameterCount.Sliced(Base, space.SubNetworkAt(point)));
    }

    /// <summary>Quantiles of the kept share of parameters: MEDIUM's computed by an independent program; LARGE's follow from the uniform number of bits.</summary>
    [Theory]
    [InlineData("medium", 3000, 0.526, 0.574, 0.608, 0.642, 0.689, 0.01)]
    [InlineData("large", 200, 0.254, 0.411, 0.607, 0.804, 0.961, 0.1)]
    public void Sample_BertBase_KeepsTheSharesOfParametersThatThePaperDraws(string name, int draws, double q5, double q25, double q50, double q75, double q95, double tolerance)
    {
        ISearchSpace space = Catalogs.SearchSpaces.Create(name, Base);
        double[] shares = Shares(space, draws);
        (double Quantile, double Share)[] expected = [(0.05, q5), (0.25, q25), (0.5, q50), (0.75, q75), (0.95, q95)];
        Assert.All(expected, pair => Assert.InRange(shares[(int)(pair.Quantile * draws)], pair.Share - tolerance, pair.Share + tolerance));
    }

    [Fact]
    public void Sample_Coins_KeepAboutHalfOfABitSpace()
    {
        ISearchSpace space = Catalogs.Samplings.Create("coins", Catalogs.SearchSpaces.Create("large", Base));
        Assert.All(Shares(space, 20), share => Assert.InRange(share, 0.56, 0.66));
    }

    [Theory]
    [InlineData("small", 600)]
    [InlineData("medium", 600)]
    [InlineData("large", 40)]
    public void Sample_Stratified_DrawsAllSizesAlike(string name, int draws)
    {
        double[] shares = Shares(Catalogs.Samplings.Create("stratified", Catalogs.SearchSpaces.Create(name, Base)), draws);
        double[] positions = [.. shares.Select(share => (share - shares[0]) / (1 - shares[0]))];
        Assert.All(Enumerable.Range(0, 4), quarter =>
            Assert.InRange(positions.Count(position => (int)Math.Min(3, position * 4) == quarter) / (double)draws, 0.25 - (2 / Math.Sqrt(draws)), 0.25 + (2 / Math.Sqrt(draws))));
    }

    [Fact]
    public void Sample_StratifiedWithEmptyBins_StillDrawsEverySize()
    {
        ISearchSpace space = Catalogs.Samplings.Create("stratified", Catalogs.SearchSpaces.Create("layer", Make.Config(layers: 3)));
        var random = new Random(2);
        Assert.Equal([0, 1, 2, 3], Enumerable.Range(0, 200).Select(_ => space.Sample(random).Values.Sum()).Distinct().Order());
        Assert.Equal("layer", space.Name);
    }

    private static double[] Shares(ISearchSpace space, int draws)
    {
        var random = new Random(11);
        double whole = ParameterCount.Sliced(space.SuperNetwork, SubNetwork.Full(space.SuperNetwork));
        return [.. Enumerable.Range(0, draws).Select(_ => ParameterCount.Sliced(space.SuperNetwork, space.SubNetworkAt(space.Sample(random))) / whole).Order()];
    }
}
