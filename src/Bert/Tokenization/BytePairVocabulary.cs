using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>A byte-level vocabulary with its merges, checked: what cannot be worked with is refused by name.</summary>
internal sealed class BytePairVocabulary
{
    private readonly string _source;
    private readonly string _mergeSource;

    /// <param name="tokens">A token's id is its index.</param>
    /// <param name="merges">In order of rank.</param>
    /// <param name="source">Begins messages about tokens: a file's path, or "The vocabulary".</param>
    /// <param name="mergeSource">Begins messages about merges.</param>
    public BytePairVocabulary(string[] tokens, (string First, string Second)[] merges, string source, string mergeSource)
    {
        (Tokens, Merges, _source, _mergeSource) = (tokens, merges, source, mergeSource);
        Ids = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Length; id++)
        {
            if (!Ids.TryAdd(tokens[id], id))
            {
                throw new CheckpointException($"{source} has the token '{tokens[id]}' twice, as id {Ids[tokens[id]]} and as id {id}: every token must be there once.");
            }
        }
    }

    public string[] Tokens { get; }

    public (string First, string Second)[] Merges { get; }

    public Dictionary<string, int> Ids { get; }

    /// <summary>The id of a token that must be there.</summary>
    public int Require(string token, string setting) => Ids.TryGetValue(token, out int id) ? id : throw new CheckpointException(
        $"{_source} has no token '{token}' among its {Tokens.Length}: add it, or name the one to use as {setting} in tokenizer_config.json.");

    /// <summary>The token of every byte.</summary>
    public int[] ByteIds() => [.. Enumerable.Range(0, 256).Select(value =>
        Ids.TryGetValue(ByteAlphabet.CharacterOf((byte)value).ToString(), out int id) ? id : throw new CheckpointException(
            $"{_source} has no token '{ByteAlphabet.CharacterOf((byte)value)}' for byte 0x{value:X2}: expected one for each of the 256 bytes, so that any text can be spelt."))];

    /// <summary>The merges as ids.</summary>
    public (int First, int Second, int Merged)[] MergeIds()
    {
        var seen = new HashSet<(int, int)>(Merges.Length);
        var merges = new (int First, int Second, int Merged)[Merges.Length];
        for (int rank = 0; rank < merges.Length; rank++)
        {
            (string first, string second) = Merges[rank];
            int Id(string token) => Ids.TryGetValue(token, out int id) ? id : throw new CheckpointException(
                $"{_mergeSource}: merge {rank + 1}, '{first} {second}', needs the token '{token}', which is not among the {Tokens.Length} of the vocabulary.");
            merges[rank] = (Id(first), Id(second), Id(first + second));
            if (!seen.Add((merges[rank].First, merges[rank].Second)))
            {
                throw new CheckpointException($"{_mergeSource}: merge {rank + 1}, '{first} {second}', is there twice: every pair must be there once.");
            }
        }

        return merges;
    }
}
