using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Tests.Reference;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;

namespace Endpoints.Bert.Tests.Training;

public sealed class MaskGradientsTests
{
    private static readonly BertConfig Config = BertConfig.Uniform(40, 8, 3, 4, 6, 16, "a", "b", "c");
    private static readonly int[][] Sequences = [[1, 5, 9, 30, 2], [1, 2], [1, 17, 3, 39, 8, 8, 2]];
    private static readonly int[] Labels = [2, 0, 1];

    [Fact]
    public void Compute_EveryMask_MatchesFiniteDifferences()
    {
        BertParameters parameters = BertParameters.Random(Config, seed: 4, standardDeviation: 0.4f);
        using var gradients = new MaskGradients(parameters, threads: 2);
        MaskGradient found = gradients.Compute(Batch(), new CrossEntropyLoss(Labels));

        Assert.True(Math.Abs(found.Loss - Enumerable.Range(0, 3).Average(i => Loss(parameters, i))) <= 1e-5, $"loss {found.Loss}");
        for (int layer = 0; layer < 3; layer++)
        {
            for (int head = 0; head < 4; head++)
            {
                for (int sequence = 0; sequence < 3; sequence++)
                {
                    double expected = Difference(parameters, network => network.Layers[layer].Attention!.Output, head, 2, sequence) / 3;
                    Near(expected, found.Heads[layer][(sequence * 4) + head], $"layer {layer} head {head} sequence {sequence}");
                }
            }

            for (int unit = 0; unit < 6; unit++)
            {
                double expected = Enumerable.Range(0, 3).Average(sequence => Difference(parameters, network => network.Layers[layer].FeedForward!.Down, unit, 1, sequence));
                Near(expected, Enumerable.Range(0, 3).Sum(sequence => found.Units[layer][(sequence * 6) + unit]), $"layer {layer} unit {unit}");
            }
        }
    }

    [Fact]
    public void Compute_Twice_GivesTheSameAndLeavesTheWeights()
    {
        BertParameters parameters = BertParameters.Random(Config, seed: 5, standardDeviation: 0.3f);
        float[][] before = [.. parameters.Tensors().Select(tensor => tensor.Values.ToArray())];
        using var gradients = new MaskGradients(parameters, threads: 2);
        MaskGradient first = gradients.Compute(Batch(), new CrossEntropyLoss(Labels));
        MaskGradient second = gradients.Compute(Batch(), new CrossEntropyLoss(Labels));

        Assert.Equal(first.Loss, second.Loss);
        Assert.Equal(first.Heads, second.Heads);
        Assert.Equal(first.Units, second.Units);
        Assert.Equal(before, parameters.Tensors().Select(tensor => tensor.Values));
    }

    [Fact]
    public void Compute_AbsentBlocks_HaveNoGradients()
    {
        BertParameters cut = SubNetworkExtractor.Extract(
            BertParameters.Random(Config, seed: 6, standardDeviation: 0.3f), SubNetwork.Medium(Config, [2, 0, 4], [0, 3, 6]));
        using var gradients = new MaskGradients(cut, threads: 1);
        MaskGradient found = gradients.Compute(Batch(), new CrossEntropyLoss(Labels));
        Assert.Equal([6, 0, 12], found.Heads.Select(layer => layer.Length));
        Assert.Equal([0, 9, 18], found.Units.Select(layer => layer.Length));
        Assert.All(found.Heads[0], value => Assert.True(float.IsFinite(value) && value != 0));
    }

    [Fact]
    public void BlockProbe_BlockByBlock_ShowsWhatTheWholeComputes()
    {
        BertParameters parameters = BertParameters.Random(Config, seed: 7, standardDeviation: 0.3f);
        TokenBatch batch = Batch();
        using var team = new Endpoints.Compute.Threads.ThreadTeam(2);
        using var probe = new BlockProbe(Config, team);
        float[] hidden = probe.Embed(parameters, batch);
        for (int layer = 0; layer < 3; layer++)
        {
            BlockActivations attended = probe.Attention(parameters.Layers[layer].Attention!, [(batch, hidden)], firstTokensOnly: layer == 2).Single();
            BlockActivations output = probe.FeedForward(parameters.Layers[layer].FeedForward!, [attended.Output]).Single();
            LinearParameters down = parameters.Layers[layer].FeedForward!.Down;
            double expected = attended.Output[0] + down.Bias[0] + Enumerable.Range(0, 6).Sum(unit => (double)output.Inner[unit] * down.Weight[unit]);
            Near(expected, output.Sum[0], $"layer {layer}");
            hidden = output.Output;
        }

        Assert.Equal(3 * 8, hidden.Length);
        for (int i = 0; i < 3; i++)
        {
            ReferenceOutput reference = ReferenceBert.Run(parameters, Sequences[i], new int[Sequences[i].Length]);
            for (int label = 0; label < 3; label++)
            {
                double[] pooled = [.. Enumerable.Range(0, 8).Select(o => Math.Tanh(parameters.Pooler.Bias[o] + Enumerable.Range(0, 8).Sum(j => (double)hidden[(i * 8) + j] * parameters.Pooler.Weight[(o * 8) + j])))];
                double logit = parameters.Classifier.Bias[label] + Enumerable.Range(0, 8).Sum(j => pooled[j] * parameters.Classifier.Weight[(label * 8) + j]);
                Near(reference.Logits[label], logit, $"sequence {i} label {label}");
            }
        }
    }

    /// <summary>A mask on a head or unit is a factor on its columns of the projection after it.</summary>
    private static double Difference(BertParameters parameters, Func<BertParameters, LinearParameters> projection, int index, int width, int sequence)
    {
        const float Step = 1f / 1024;
        double Moved(float factor)
        {
            BertParameters moved = parameters.Clone();
            LinearParameters linear = projection(moved);
            for (int row = 0; row < linear.Outputs; row++)
            {
                for (int column = index * width; column < (index + 1) * width; column++)
                {
                    linear.Weight[(row * linear.Inputs) + column] *= factor;
                }
            }

            return Loss(moved, sequence);
        }

        return (Moved(1 + Step) - Moved(1 - Step)) / (2 * Step);
    }

    private static double Loss(BertParameters parameters, int sequence)
    {
        double[] logits = ReferenceBert.Run(parameters, Sequences[sequence], new int[Sequences[sequence].Length]).Logits;
        return Math.Log(logits.Sum(Math.Exp)) - logits[Labels[sequence]];
    }

    private static TokenBatch Batch()
    {
        var batch = new TokenBatch();
        foreach (int[] tokens in Sequences)
        {
            batch.Add(tokens, new int[tokens.Length]);
        }

        return batch;
    }

    private static void Near(double expected, double found, string what) =>
        Assert.True(Math.Abs(expected - found) <= 1e-4 + (1e-3 * Math.Abs(expected)), $"{what}: {found}, expected {expected}");
}
