using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bert.Tests.SubNetworks;

public sealed class ParameterCountTests
{
    private const int Cased = 28_996;
    private const int Uncased = 30_522;

    [Theory]
    [InlineData(Cased, "full", 108_311_810)]
    [InlineData(Uncased, "full", 109_483_778)]
    [InlineData(Cased, "small:l=0,h=0,u=0", 23_257_346)]
    [InlineData(Cased, "small:l=3,h=12,u=3072", 44_520_962)]
    [InlineData(Cased, "small:l=6,h=12,u=3072", 65_784_578)]
    [InlineData(Cased, "small:l=9,h=12,u=3072", 87_048_194)]
    [InlineData(Cased, "small:l=11,h=12,u=3072", 101_223_938)]
    [InlineData(Cased, "small:l=12,h=6,u=1536", 65_812_226)]
    public void Sliced_OfBertBase_IsExactToTheUnit(int vocabulary, string subNetwork, long expected)
    {
        BertConfig config = BertConfig.Base(vocabulary);
        Assert.Equal(expected, ParameterCount.Sliced(config, SubNetwork.Parse(subNetwork, config)));
    }

    [Theory]
    [InlineData("full", 124_647_170)]
    [InlineData("small:l=0,h=0,u=0", 39_592_706)]
    [InlineData("small:l=12,h=6,u=1536", 82_147_586)]
    public void Sliced_OfRobertaBase_IsExactToTheUnit(string subNetwork, long expected)
    {
        var config = BertConfig.RobertaBase();
        Assert.Equal(expected, ParameterCount.Sliced(config, SubNetwork.Parse(subNetwork, config)));
        Assert.Equal(124_647_170, TensorShapes.Of(config).Sum(tensor => tensor.Shape.Aggregate(1L, (product, length) => product * length)));
    }

    [Theory]
    [InlineData("full", 108_311_810)]
    [InlineData("small:l=12,h=6,u=1536", 69_351_170)]
    [InlineData("small:l=0,h=0,u=0", 23_257_346)]
    public void Paper_OfBertBase_CountsTheAttentionOutputInFull(string subNetwork, long expected)
    {
        BertConfig config = BertConfig.Base(Cased);
        Assert.Equal(expected, ParameterCount.Paper(config, SubNetwork.Parse(subNetwork, config)));
    }

    [Fact]
    public void Sliced_OneHeadOrUnitLess_CountsItsShare()
    {
        BertConfig config = BertConfig.Base(Cased);
        long Sliced(string text) => ParameterCount.Sliced(config, SubNetwork.Parse(text, config));
        long Paper(string text) => ParameterCount.Paper(config, SubNetwork.Parse(text, config));
        Assert.Equal(196_800, Sliced("small:l=1,h=12,u=3072") - Sliced("small:l=1,h=11,u=3072"));
        Assert.Equal(147_648, Paper("small:l=1,h=12,u=3072") - Paper("small:l=1,h=11,u=3072"));
        Assert.Equal(1_537, Sliced("small:l=1,h=12,u=3072") - Sliced("small:l=1,h=12,u=3071"));
    }

    [Fact]
    public void Sliced_RandomSubNetworks_IsTheNumberOfFloatsThatExtractionLeaves()
    {
        BertParameters parameters = BertParameters.Random(RandomSubNetworks.Config, seed: 5);
        foreach (SubNetwork subNetwork in RandomSubNetworks.Draw(parameters.Config, 200, seed: 2))
        {
            long floats = SubNetworkExtractor.Extract(parameters, subNetwork).Tensors().Sum(tensor => tensor.Values.LongLength);
            Assert.Equal(floats, ParameterCount.Sliced(parameters.Config, subNetwork));
        }
    }
}
