using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;

namespace Endpoints.Bert.Tests.SubNetworks;

public sealed class SubNetworkExtractorTests
{
    private static readonly BertParameters Super = Numbered(RandomSubNetworks.Config);

    [Fact]
    public void Extract_RandomSubNetworks_ComputesWhatTheMaskedSuperNetworkDoes()
    {
        BertParameters parameters = Lively(RandomSubNetworks.Config);
        int[] tokens = [1, 12, 0, 7, 3];
        int[] types = [0, 0, 0, 1, 1];
        foreach (SubNetwork subNetwork in RandomSubNetworks.Draw(parameters.Config, 200, seed: 3))
        {
            BertParameters extracted = SubNetworkExtractor.Extract(parameters, subNetwork);
            Assert.Equal(subNetwork.ConfigOf(parameters.Config), extracted.Config);
            ReferenceOutput masked = ReferenceBert.Run(parameters, subNetwork, tokens, types);
            ReferenceOutput alone = ReferenceBert.Run(extracted, tokens, types);
            foreach ((double expected, double found) in masked.Logits.Concat(masked.Pooled).Zip(alone.Logits.Concat(alone.Pooled)))
            {
                Assert.True(Math.Abs(expected - found) <= 1e-12, $"{subNetwork}: masked {expected:R}, extracted {found:R}");
            }
        }
    }

    [Fact]
    public void Extract_ChosenHeadsAndUnits_TakesTheirRowsAndColumns()
    {
        // Layer 0 keeps heads 1 and 3 (rows and columns 2, 3, 6, 7) and unit 4; layer 1 goes; layer 2 keeps no head and units 0 and 9.
        SubNetwork subNetwork = SubNetwork.Parse("large:h=a/0/0,u=10/0/201", Super.Config);
        BertParameters extracted = SubNetworkExtractor.Extract(Super, subNetwork);

        Assert.Equal([new LayerShape(2, 1), new LayerShape(0, 2)], extracted.Config.Layers.ToArray());
        AttentionParameters from = Super.Layers[0].Attention!;
        AttentionParameters to = extracted.Layers[0].Attention!;
        int[] kept = [2, 3, 6, 7];
        foreach ((LinearParameters source, LinearParameters target) in new[] { (from.Query, to.Query), (from.Key, to.Key), (from.Value, to.Value) })
        {
            Assert.Equal(kept.SelectMany(row => source.Weight[(row * 8)..((row + 1) * 8)]), target.Weight);
            Assert.Equal(kept.Select(row => source.Bias[row]), target.Bias);
        }

        Assert.Equal(Enumerable.Range(0, 8).SelectMany(row => kept.Select(column => from.Output.Weight[(row * 8) + column])), to.Output.Weight);
        Assert.Equal(from.Output.Bias, to.Output.Bias);
        Assert.Equal(from.Norm.Gamma, to.Norm.Gamma);

        Assert.Null(extracted.Layers[1].Attention);
        FeedForwardParameters last = Super.Layers[2].FeedForward!;
        FeedForwardParameters down = extracted.Layers[1].FeedForward!;
        Assert.Equal([.. last.Up.Weight[..8], .. last.Up.Weight[72..80]], down.Up.Weight);
        Assert.Equal([last.Up.Bias[0], last.Up.Bias[9]], down.Up.Bias);
        Assert.Equal(Enumerable.Range(0, 8).SelectMany(row => new[] { last.Down.Weight[row * 10], last.Down.Weight[(row * 10) + 9] }), down.Down.Weight);
        Assert.Equal(last.Norm.Beta, down.Norm.Beta);
    }

    [Fact]
    public void Extract_Full_CopiesEveryTensorAndSharesNone()
    {
        BertParameters extracted = SubNetworkExtractor.Extract(Super, SubNetwork.Full(Super.Config));
        foreach ((NamedTensor source, NamedTensor target) in Super.Tensors().Zip(extracted.Tensors()))
        {
            Assert.Equal(source.Name, target.Name);
            Assert.Equal(source.Values, target.Values);
            Assert.NotSame(source.Values, target.Values);
        }
    }

    [Fact]
    public void Extract_FromAnExtractedSubNetwork_CutsItFurther()
    {
        SubNetwork first = SubNetwork.Parse("medium:h=3/0/2,u=0/4/8", Super.Config);
        BertParameters once = SubNetworkExtractor.Extract(Super, first);
        BertParameters twice = SubNetworkExtractor.Extract(once, SubNetwork.Parse("medium:h=2/0/0,u=0/4/5", once.Config));
        BertParameters direct = SubNetworkExtractor.Extract(Super, SubNetwork.Parse("medium:h=2/0/0,u=0/4/5", Super.Config));
        Assert.Equal(direct.Tensors().SelectMany(tensor => tensor.Values), twice.Tensors().SelectMany(tensor => tensor.Values));
    }

    [Fact]
    public void Extract_ChoiceForAnotherShape_IsRefused()
    {
        SubNetwork other = SubNetwork.Full(RandomSubNetworks.Config with { Layers = [new(4, 10), new(4, 9), new(4, 10)] });
        var exception = Assert.Throws<ArgumentException>(() => SubNetworkExtractor.Extract(Super, other));
        Assert.Contains("made for another shape", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Every value is another number, so that a row or column out of place shows.</summary>
    private static BertParameters Numbered(BertConfig config)
    {
        var parameters = new BertParameters(config);
        float next = 0;
        foreach (NamedTensor tensor in parameters.Tensors())
        {
            for (int i = 0; i < tensor.Values.Length; i++)
            {
                tensor.Values[i] = next++;
            }
        }

        return parameters;
    }

    /// <summary>Values far from BERT's start, whose zero biases and unit scales would hide a mistake.</summary>
    private static BertParameters Lively(BertConfig config)
    {
        var parameters = new BertParameters(config);
        var random = new Random(4);
        foreach (NamedTensor tensor in parameters.Tensors())
        {
            for (int i = 0; i < tensor.Values.Length; i++)
            {
                tensor.Values[i] = (float)((2 * random.NextDouble()) - 1);
            }
        }

        return parameters;
    }
}
