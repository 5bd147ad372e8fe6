namespace Endpoints.Bert.Tokenization;

/// <summary>The vocabulary as a double-array trie over UTF-16 units, with one root for pieces that begin a word and one for those that continue it (<c>##</c>).</summary>
/// <remarks>
/// From node n, symbol s leads to cell <c>cells[n].Base + s</c>, if that cell's <c>Parent</c> is n: one step costs two loads and no hash. Symbols number the
/// characters of the vocabulary by frequency, so that the children of a node lie close together.
/// </remarks>
internal sealed class PieceTrie
{
    /// <summary>Root of pieces that begin a word.</summary>
    public const int Start = 0;

    /// <summary>Root of pieces that continue a word, without their <c>##</c>.</summary>
    public const int Continuation = 1;

    /// <summary>Prefix of pieces that continue a word.</summary>
    public const string ContinuationPrefix = "##";

    /// <summary>No piece ends here.</summary>
    public const int None = -1;

    private readonly ushort[] _symbols;
    private readonly Cell[] _cells;

    /// <param name="tokens">The vocabulary; a token's id is its index. Tokens must differ.</param>
    public PieceTrie(IReadOnlyList<string> tokens) => (_symbols, _cells) = PieceTrieBuilder.Build(tokens);

    /// <summary>A cell of the double array: where its children lie, which cell it is a child of, and the piece that ends here.</summary>
    internal struct Cell
    {
        public int Base;
        public int Parent;
        public int Id;
    }

    /// <summary>The symbol of a UTF-16 unit. A unit that no token has gets a symbol that leads nowhere.</summary>
    public int SymbolOf(char unit) => _symbols[unit];

    /// <summary>The child of <paramref name="node"/> along a symbol, or <see cref="None"/>.</summary>
    public int Next(int node, int symbol)
    {
        int next = _cells[node].Base + symbol;
        return _cells[next].Parent == node ? next : None;
    }

    /// <summary>Id of the piece that ends at a node, or <see cref="None"/>.</summary>
    public int IdAt(int node) => _cells[node].Id;

    /// <summary>The longest piece that <paramref name="text"/> begins with.</summary>
    /// <param name="root"><see cref="Start"/> or <see cref="Continuation"/>.</param>
    /// <param name="text">The rest of a normalised word.</param>
    /// <param name="id">The piece's id, or <see cref="None"/>.</param>
    /// <returns>The piece's length in UTF-16 units; 0 if there is none.</returns>
    public int LongestPiece(int root, ReadOnlySpan<char> text, out int id)
    {
        id = None;
        int length = 0;
        int node = root;
        for (int i = 0; i < text.Length; i++)
        {
            node = Next(node, _symbols[text[i]]);
            if (node == None)
            {
                break;
            }

            if (_cells[node].Id != None)
            {
                id = _cells[node].Id;
                length = i + 1;
            }
        }

        return length;
    }
}
