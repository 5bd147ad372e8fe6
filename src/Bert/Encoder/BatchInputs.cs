using System.Runtime.InteropServices;
using Endpoints.Compute;
using Endpoints.Compute.Embedding;
using Endpoints.Compute.Threads;

namespace Endpoints.Bert.Encoder;

/// <summary>A batch's integers in memory that does not move, checked against a model's limits: what the kernels read.</summary>
internal sealed unsafe class BatchInputs : IDisposable
{
    private int* _data;
    private int _capacity;

    /// <summary>Number of sequences.</summary>
    public int Count { get; private set; }

    /// <summary>Number of tokens.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Longest sequence.</summary>
    public int MaxLength { get; private set; }

    public int* Tokens => _data;

    public int* Types => _data + TokenCount;

    public int* Positions => _data + (2 * TokenCount);

    /// <summary>Count + 1 offsets of the sequences' first tokens.</summary>
    public int* Offsets => _data + (3 * TokenCount);

    /// <summary>0, 1, .. Count: offsets of a matrix that has one row a sequence.</summary>
    public int* Ordinals => Offsets + Count + 1;

    /// <summary>Takes a batch in.</summary>
    /// <exception cref="ArgumentException">The batch is empty, a sequence is too long, or an id is outside its table.</exception>
    public void Load(TokenBatch batch, BertConfig config)
    {
        Count = batch.Count;
        TokenCount = batch.TokenCount;
        if (Count == 0)
        {
            throw new ArgumentException("A batch has at least one sequence.", nameof(batch));
        }

        Reserve((3 * TokenCount) + (2 * (Count + 1)));
        batch.Tokens.CopyTo(new Span<int>(Tokens, TokenCount));
        batch.Types.CopyTo(new Span<int>(Types, TokenCount));
        batch.Offsets.CopyTo(new Span<int>(Offsets, Count + 1));
        CheckIds(config);
        MaxLength = 0;
        for (int i = 0; i < Count; i++)
        {
            Ordinals[i] = i;
            int length = Offsets[i + 1] - Offsets[i];
            if (length > config.MaxSequenceLength)
            {
                throw new ArgumentException($"Sequence {i} has {length} tokens, the model takes at most {config.MaxSequenceLength}: truncate it.", nameof(batch));
            }

            MaxLength = Math.Max(MaxLength, length);
            for (int position = 0; position < length; position++)
            {
                Positions[Offsets[i] + position] = config.FirstPosition + position;
            }
        }

        Ordinals[Count] = Count;
    }

    /// <summary>Sums word, position and type embeddings of every token.</summary>
    public void Embed(ThreadTeam team, float* words, float* positions, float* types, MatrixView output) =>
        EmbeddingSum.Forward(team, new(words, Tokens), new(positions, Positions), new(types, Types), output);

    public void Dispose()
    {
        NativeMemory.Free(_data);
        _data = null;
        _capacity = 0;
    }

    private void CheckIds(BertConfig config)
    {
        for (int i = 0; i < TokenCount; i++)
        {
            if ((uint)Tokens[i] >= (uint)config.VocabularySize || (uint)Types[i] >= (uint)config.TypeVocabularySize)
            {
                throw new ArgumentException(
                    $"Token {i} has id {Tokens[i]} and type {Types[i]}: ids are below {config.VocabularySize}, types below {config.TypeVocabularySize}.");
            }
        }
    }

    private void Reserve(int length)
    {
        if (length > _capacity)
        {
            _capacity = Math.Max(length, 2 * _capacity);
            NativeMemory.Free(_data);
            _data = (int*)NativeMemory.Alloc((nuint)_capacity, sizeof(int));
        }
    }
}
