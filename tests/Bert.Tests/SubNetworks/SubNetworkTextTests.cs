using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bert.Tests.SubNetworks;

public sealed class SubNetworkTextTests
{
    private static readonly BertConfig Base = BertConfig.Base();

    [Fact]
    public void Parse_TextOfRandomSubNetworks_RestoresThem()
    {
        var spaces = new HashSet<string>();
        foreach (BertConfig config in (BertConfig[])[Base, RandomSubNetworks.Config])
        {
            foreach (SubNetwork subNetwork in RandomSubNetworks.Draw(config, 400, seed: 1))
            {
                string text = subNetwork.ToString();
                SubNetwork parsed = SubNetwork.Parse(text, config);
                Assert.Equal(subNetwork, parsed);
                Assert.Equal(text, parsed.ToString());
                spaces.Add(text.Split(':')[0]);
            }
        }

        Assert.Superset(new HashSet<string> { "small", "layer", "medium", "large" }, spaces);
    }

    [Theory]
    [InlineData("full", "full")]
    [InlineData(" FULL ", "full")]
    [InlineData("small:l=12,h=12,u=3072", "full")]
    [InlineData("small:u=1536, h=6, l=6", "small:l=6,h=6,u=1536")]
    [InlineData("small:l=0,h=3,u=7", "small:l=0,h=0,u=0")]
    [InlineData("small:l=2,h=0,u=0", "small:l=0,h=0,u=0")]
    [InlineData("layer:111111000000", "small:l=6,h=12,u=3072")]
    [InlineData("layer:101111111111", "layer:101111111111")]
    [InlineData("medium:h=1/2/0/0/0/0/0/0/0/0/0/0,u=0/0/0/0/0/0/0/0/0/0/0/3", "medium:h=1/2/0/0/0/0/0/0/0/0/0/0,u=0/0/0/0/0/0/0/0/0/0/0/3")]
    [InlineData("large:h=0a/0/0/0/0/0/0/0/0/0/0/0,u=0/0/0/0/0/0/0/0/0/0/0/1F", "large:h=a/0/0/0/0/0/0/0/0/0/0/0,u=0/0/0/0/0/0/0/0/0/0/0/1f")]
    [InlineData("large:h=3/0/0/0/0/0/0/0/0/0/0/0,u=7/0/0/0/0/0/0/0/0/0/0/0", "small:l=1,h=2,u=3")]
    public void ToString_OfParsedText_IsTheShortestForm(string text, string expected) =>
        Assert.Equal(expected, SubNetwork.Parse(text, Base).ToString());

    [Fact]
    public void Parse_LargeMask_HasItsFirstElementInTheLowestBit()
    {
        SubNetwork subNetwork = SubNetwork.Parse("large:h=9/0/0,u=0/201/0", RandomSubNetworks.Config);
        Assert.Equal([0, 3], subNetwork.Layers[0].Heads.Indices.ToArray());
        Assert.Equal([0, 9], subNetwork.Layers[1].Units.Indices.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("whole")]
    [InlineData("full:1")]
    [InlineData("small")]
    [InlineData("small:l=6,h=6")]
    [InlineData("small:l=6,h=6,u=x")]
    [InlineData("small:l=6,h=6,u=-1")]
    [InlineData("small:l=13,h=6,u=1")]
    [InlineData("small:l=6,h=13,u=1")]
    [InlineData("small:l=6,h=6,u=3073")]
    [InlineData("small:l=6,h=6,u=99999999999")]
    [InlineData("small:l=6/9,h=6,u=1")]
    [InlineData("small:l=6,h=6,u=1,x=2")]
    [InlineData("small:l=6,l=7,u=1")]
    [InlineData("layer:11")]
    [InlineData("layer:11111111111x")]
    [InlineData("medium:h=1/2,u=3/4")]
    [InlineData("medium:h=1/1/1/1/1/1/1/1/1/1/1/1,h=1/1/1/1/1/1/1/1/1/1/1/1")]
    [InlineData("large:h=1,u=1")]
    [InlineData("large:h=1000/0/0/0/0/0/0/0/0/0/0/0,u=0/0/0/0/0/0/0/0/0/0/0/0")]
    [InlineData("large:h=/0/0/0/0/0/0/0/0/0/0/0,u=0/0/0/0/0/0/0/0/0/0/0/0")]
    [InlineData("large:h=g/0/0/0/0/0/0/0/0/0/0/0,u=0/0/0/0/0/0/0/0/0/0/0/0")]
    public void Parse_AnythingElse_SaysWhatWasFoundAndExpected(string text)
    {
        var exception = Assert.Throws<FormatException>(() => SubNetwork.Parse(text, Base));
        Assert.StartsWith($"'{text[..Math.Min(text.Length, 77)]}", exception.Message, StringComparison.Ordinal);
        Assert.Contains(
            "' is not a sub-network of this model (12 layers, at most 12 heads and 3072 units in each): expected full, small:",
            exception.Message.Replace("...'", "'", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_LongText_IsCutInTheMessage()
    {
        var exception = Assert.Throws<FormatException>(() => SubNetwork.Parse("large:h=" + new string('f', 10_000), Base));
        Assert.True(exception.Message.Length < 400, exception.Message);
    }
}
