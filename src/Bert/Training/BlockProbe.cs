using Endpoints.Compute;
using Endpoints.Compute.Threads;

namespace Endpoints.Bert.Training;

/// <summary>What a block computed for a batch.</summary>
/// <param name="Rows">Rows of all three: tokens, or sequences where only first tokens were asked for.</param>
/// <param name="Inner">What entered the output projection (rows × its inputs): the heads' contexts, or the units' activations.</param>
/// <param name="Sum">What was normalised (rows × H): the block's input, the projection and its bias, added.</param>
/// <param name="Output">What was returned (rows × H).</param>
public readonly record struct BlockActivations(int Rows, float[] Inner, float[] Sum, float[] Output);

/// <summary>Runs an encoder block by block, without dropout, and shows what each computes: for methods that fit one block to another. Not thread-safe.</summary>
public sealed unsafe class BlockProbe : IDisposable
{
    private readonly BertConfig _config;
    private readonly TrainingPass _pass;
    private readonly GrowingBuffer _hidden = new();
    private readonly GrowingBuffer _rows = new();

    /// <summary>A probe of networks with this hidden size, head size and limits; their layers may differ in heads and units.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="team">The threads.</param>
    public BlockProbe(BertConfig config, ThreadTeam team)
    {
        _config = config;
        _pass = new TrainingPass(team, config, new TrainerOptions { Dropout = 0, FreezeWeights = true });
    }

    /// <summary>The normalised embeddings of every token, (tokens × H).</summary>
    public float[] Embed(BertParameters parameters, TokenBatch batch)
    {
        _pass.Begin(batch);
        using var words = new PinnedFloats(parameters.WordEmbeddings);
        using var positions = new PinnedFloats(parameters.PositionEmbeddings);
        using var types = new PinnedFloats(parameters.TypeEmbeddings);
        using var norm = new TrainingNorm(parameters.EmbeddingNorm, parameters.EmbeddingNorm);
        _pass.Inputs.Embed(_pass.Team, words.Pointer, positions.Pointer, types.Pointer, norm.Input(batch.TokenCount));
        return Copy(norm.Forward(_pass.Team, _config.LayerNormEpsilon));
    }

    /// <summary>Runs an attention block over batches, one after the other as they are taken.</summary>
    /// <param name="block">Its weights; they must not change meanwhile.</param>
    /// <param name="inputs">Each batch with its hidden states (tokens × H).</param>
    /// <param name="firstTokensOnly">Computes queries and results of each sequence's first token alone.</param>
    public IEnumerable<BlockActivations> Attention(
        AttentionParameters block, IEnumerable<(TokenBatch Batch, float[] Hidden)> inputs, bool firstTokensOnly)
    {
        // Gradients are never computed here, so what would receive them may be anything of the right shape.
        using var attention = new TrainingAttention(block, block, Precision.Float32, site: 0);
        Pack(attention.Linears);
        foreach ((TokenBatch batch, float[] hidden) in inputs)
        {
            yield return Run(attention, block.Query.Outputs / _config.HeadSize, batch, hidden, firstTokensOnly);
        }
    }

    /// <summary>Runs a feed-forward block over hidden states (rows × H), one after the other as they are taken.</summary>
    public IEnumerable<BlockActivations> FeedForward(FeedForwardParameters block, IEnumerable<float[]> inputs)
    {
        using var feedForward = new TrainingFeedForward(block, block, Precision.Float32, site: 0);
        Pack(feedForward.Linears);
        foreach (float[] rows in inputs)
        {
            MatrixView output = feedForward.Forward(_pass, block.Up.Outputs, Load(_rows, rows));
            yield return new(output.Rows, Copy(feedForward.Activated(output.Rows)), Copy(feedForward.Sum), Copy(output));
        }
    }

    /// <summary>The first token of each sequence of hidden states (tokens × H).</summary>
    public static float[] FirstTokens(TokenBatch batch, float[] hidden)
    {
        int width = hidden.Length / batch.TokenCount;
        float[] first = new float[batch.Count * width];
        for (int i = 0; i < batch.Count; i++)
        {
            hidden.AsSpan(batch.Offsets[i] * width, width).CopyTo(first.AsSpan(i * width));
        }

        return first;
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        _pass.Dispose();
        _hidden.Dispose();
        _rows.Dispose();
    }

    private BlockActivations Run(TrainingAttention attention, int heads, TokenBatch batch, float[] hidden, bool firstTokensOnly)
    {
        _pass.Begin(batch);
        MatrixView all = Load(_hidden, hidden);
        MatrixView rows = firstTokensOnly ? Load(_rows, FirstTokens(batch, hidden)) : all;
        MatrixView output = attention.Forward(_pass, heads, rows, all, firstTokensOnly ? _pass.Inputs.Ordinals : _pass.Inputs.Offsets);
        return new(output.Rows, Copy(attention.Context(output.Rows)), Copy(attention.Sum), Copy(output));
    }

    private void Pack(IEnumerable<TrainingLinear> linears)
    {
        foreach (TrainingLinear linear in linears)
        {
            linear.Pack(_pass.Team);
        }
    }

    private MatrixView Load(GrowingBuffer buffer, float[] values)
    {
        MatrixView matrix = buffer.Matrix(values.Length / _config.HiddenSize, _config.HiddenSize);
        values.CopyTo(new Span<float>(matrix.Data, values.Length));
        return matrix;
    }

    private static float[] Copy(MatrixView matrix) => new ReadOnlySpan<float>(matrix.Data, matrix.Rows * matrix.Columns).ToArray();
}
