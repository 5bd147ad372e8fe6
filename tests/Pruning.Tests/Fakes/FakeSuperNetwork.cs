using System.Collections.Concurrent;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Compute;

namespace Endpoints.Pruning.Tests.Fakes;

/// <summary>A super-network whose logits are a function of the tokens, and which remembers the batches that it saw.</summary>
internal sealed class FakeSuperNetwork(BertConfig config, Func<SubNetwork, int[], float[]> logitsOf) : ISuperNetwork
{
    public ConcurrentQueue<(int Lane, int[][] Sequences)> Batches { get; } = [];

    /// <summary>Called in every batch.</summary>
    public Action OnClassify { get; set; } = () => { };

    public BertConfig Config => config;

    public Precision Precision => Precision.Float32;

    public long ResidentBytes => 0;

    public IClassifier CreateClassifier(SubNetwork subNetwork, int lane) => new Classifier(this, subNetwork, lane);

    private sealed class Classifier(FakeSuperNetwork owner, SubNetwork subNetwork, int lane) : IClassifier
    {
        public int LabelCount => owner.Config.LabelCount;

        public int MaxSequenceLength => owner.Config.MaxPositions;

        public void Classify(TokenBatch batch, Span<float> logits)
        {
            Assert.Equal(batch.Count * LabelCount, logits.Length);
            var sequences = new int[batch.Count][];
            for (int i = 0; i < batch.Count; i++)
            {
                sequences[i] = batch.Tokens[batch.Offsets[i]..batch.Offsets[i + 1]].ToArray();
                owner.LogitsOf(subNetwork, sequences[i]).CopyTo(logits[(i * LabelCount)..]);
            }

            owner.Batches.Enqueue((lane, sequences));
            owner.OnClassify();
        }
    }

    private float[] LogitsOf(SubNetwork subNetwork, int[] tokens) => logitsOf(subNetwork, tokens);
}
