using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Bert.Training;

namespace Endpoints.Pruning.Tests.Fakes;

/// <summary>Records passes and steps; a sub-network's logits are a function of its text and the sequence, so that losses can be checked.</summary>
internal sealed class FakeTrainer(BertConfig config) : ITrainer
{
    public BertConfig Config => config;

    public List<Pass> Passes { get; } = [];

    public List<(float Rate, int Passes)> Steps { get; } = [];

    /// <summary>Called in every step, with its number; gives the gradient norm.</summary>
    public Func<int, float> OnStep { get; set; } = _ => 1;

    public float Accumulate(SubNetwork subNetwork, TokenBatch batch, ILoss loss, Span<float> logits)
    {
        int[] firstTokens = FirstTokens(batch);
        float[] computed = Logits(subNetwork, firstTokens);
        computed.CopyTo(logits);
        float[] gradient = new float[computed.Length];
        float value = loss.Compute(computed, config.LabelCount, gradient);
        Passes.Add(new Pass(subNetwork, firstTokens, value, gradient, computed));
        return value;
    }

    /// <summary>Sub-networks that only ran forward.</summary>
    public List<SubNetwork> Watched { get; } = [];

    public void Forward(SubNetwork subNetwork, TokenBatch batch, Span<float> logits)
    {
        Watched.Add(subNetwork);
        Logits(subNetwork, FirstTokens(batch)).CopyTo(logits);
    }

    public float Step(float learningRate)
    {
        Steps.Add((learningRate, Passes.Count - Steps.Sum(step => step.Passes)));
        return OnStep(Steps.Count - 1);
    }

    private static int[] FirstTokens(TokenBatch batch) => [.. Enumerable.Range(0, batch.Count).Select(i => batch.Tokens[batch.Offsets[i]])];

    private float[] Logits(SubNetwork subNetwork, int[] firstTokens) =>
        [.. firstTokens.SelectMany(token => Enumerable.Range(0, config.LabelCount).Select(i => (float)Math.Sin(subNetwork.ToString().Length + (3 * token) + i)))];

    internal sealed record Pass(SubNetwork SubNetwork, int[] Examples, float Loss, float[] Gradient, float[] Logits);
}
