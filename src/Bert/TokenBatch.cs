namespace Endpoints.Bert;

/// <summary>A ragged batch: the tokens of several sequences end to end, with their offsets. Nothing is ever padded.</summary>
/// <remarks>Reuse one instance: <see cref="Clear"/> keeps the memory, so a warm batch allocates nothing. Not thread-safe.</remarks>
public sealed class TokenBatch
{
    private int[] _tokens;
    private int[] _types;
    private int[] _offsets;

    /// <summary>Makes an empty batch with room for some tokens; it grows when more are added.</summary>
    public TokenBatch(int tokenCapacity = 1024, int sequenceCapacity = 64)
    {
        _tokens = new int[tokenCapacity];
        _types = new int[tokenCapacity];
        _offsets = new int[sequenceCapacity + 1];
    }

    /// <summary>Number of sequences.</summary>
    public int Count { get; private set; }

    /// <summary>Number of tokens of all sequences together.</summary>
    public int TokenCount => _offsets[Count];

    /// <summary>Token ids, sequence after sequence.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, TokenCount);

    /// <summary>Token type (segment) ids, as long as <see cref="Tokens"/>.</summary>
    public ReadOnlySpan<int> Types => _types.AsSpan(0, TokenCount);

    /// <summary>Sequence i is tokens <c>Offsets[i]</c> to <c>Offsets[i + 1]</c>; <see cref="Count"/> + 1 entries.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Count + 1);

    /// <summary>Removes every sequence and keeps the memory.</summary>
    public void Clear() => Count = 0;

    /// <summary>Appends a sequence.</summary>
    /// <exception cref="ArgumentException">The sequence is empty, or the two spans differ in length.</exception>
    public void Add(ReadOnlySpan<int> tokens, ReadOnlySpan<int> types)
    {
        if (tokens.IsEmpty || tokens.Length != types.Length)
        {
            throw new ArgumentException($"A sequence has at least one token and a type for each: {tokens.Length} tokens, {types.Length} types.");
        }

        int start = TokenCount;
        if (start + tokens.Length > _tokens.Length)
        {
            int capacity = Math.Max(start + tokens.Length, 2 * _tokens.Length);
            Array.Resize(ref _tokens, capacity);
            Array.Resize(ref _types, capacity);
        }

        if (Count + 2 > _offsets.Length)
        {
            Array.Resize(ref _offsets, (2 * _offsets.Length) + 1);
        }

        tokens.CopyTo(_tokens.AsSpan(start));
        types.CopyTo(_types.AsSpan(start));
        _offsets[++Count] = start + tokens.Length;
    }

    /// <summary>Appends a sequence of another batch.</summary>
    public void Add(TokenBatch batch, int sequence)
    {
        int start = batch._offsets[sequence], length = batch._offsets[sequence + 1] - start;
        Add(batch.Tokens.Slice(start, length), batch.Types.Slice(start, length));
    }

    /// <summary>Appends what a tokenizer made of a text or a pair.</summary>
    public void Add(Tokenization.Encoding encoding) => Add(encoding.Ids, encoding.TypeIds);
}
