using Endpoints.Bert.Multitask;
using Endpoints.Bert.SubNetworks;

namespace Endpoints.Bert.Tests.Multitask;

/// <summary>A network of 2 layers of 4 heads of 2 and 6 units, with a head of each kind.</summary>
internal static class SmallNetwork
{
    public static MultitaskParameters Create()
    {
        BertConfig config = BertConfig.Uniform(9, 8, 2, 4, 6, 5, "no", "yes");
        MultitaskParameters network = MultitaskParameters.WithFreshHeads(
            BertParameters.Random(config, seed: 4, standardDeviation: 0.4f),
            [
                new HeadConfig("sentiment", HeadKind.Classification, ["bad", "fair", "good"]),
                new HeadConfig("paraphrase", HeadKind.SiameseConcatenation, ["no", "yes"]),
                new HeadConfig("similarity", HeadKind.SiameseCosine, scale: 2.5f),
            ],
            seed: 5);
        network.Head("sentiment").Linear.Bias[1] = 0.5f;
        return network;
    }

    /// <summary>Four sequences: four examples or two.</summary>
    public static TokenBatch Batch()
    {
        var batch = new TokenBatch();
        foreach (int[] tokens in (int[][])[[1, 2, 3], [4, 5], [8, 1, 6, 7, 2], [3]])
        {
            batch.Add(tokens, new int[tokens.Length]);
        }

        return batch;
    }

    public static float[] Outputs(MultitaskNetwork network, SubNetwork subNetwork, HeadConfig head)
    {
        var outputs = new float[4 / head.SequencesPerExample * head.OutputsPerExample];
        network.CreateRunner(subNetwork, head.Name, lane: 0).Run(Batch(), outputs);
        return outputs;
    }
}
