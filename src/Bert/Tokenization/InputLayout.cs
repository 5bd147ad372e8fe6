namespace Endpoints.Bert.Tokenization;

/// <summary>How the tokens of one or two texts become a model's input: <c>C A S</c>, or <c>C A S B S</c> with one or two separators between.</summary>
/// <param name="ClassId">The first token.</param>
/// <param name="SeparatorId">Ends each text.</param>
/// <param name="SeparatorsBetween">Separators between two texts: BERT has 1, RoBERTa 2.</param>
/// <param name="SecondType">Token type of the second text and its separator: BERT's is 1, RoBERTa has 0 only.</param>
internal readonly record struct InputLayout(int ClassId, int SeparatorId, int SeparatorsBetween, int SecondType)
{
    /// <summary>Number of special tokens around one text, or two.</summary>
    public int SpecialCount(bool hasPair) => hasPair ? SeparatorsBetween + 2 : 2;

    /// <summary>Tokens that a result of <paramref name="maxLength"/> leaves for the texts.</summary>
    public int Budget(int maxLength, bool hasPair, string parameter) => maxLength >= SpecialCount(hasPair)
        ? maxLength - SpecialCount(hasPair)
        : throw new ArgumentOutOfRangeException(parameter, maxLength,
            $"The longest result must have room for the {SpecialCount(hasPair)} special tokens of a {(hasPair ? "pair of texts" : "text")}.");

    /// <summary>Writes the input, and a type for each token.</summary>
    public void Assemble(ReadOnlySpan<int> first, ReadOnlySpan<int> second, bool hasPair, Span<int> ids, Span<int> typeIds)
    {
        ids[0] = ClassId;
        first.CopyTo(ids[1..]);
        int end = first.Length + 1;
        ids[end++] = SeparatorId;
        typeIds[..end].Clear();
        if (hasPair)
        {
            ids.Slice(end, SeparatorsBetween - 1).Fill(SeparatorId);
            typeIds.Slice(end, SeparatorsBetween - 1).Clear();
            end += SeparatorsBetween - 1;
            second.CopyTo(ids[end..]);
            ids[end + second.Length] = SeparatorId;
            typeIds.Slice(end, second.Length + 1).Fill(SecondType);
        }
    }
}
