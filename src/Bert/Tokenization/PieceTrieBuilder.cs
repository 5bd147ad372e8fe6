using Cell = Endpoints.Bert.Tokenization.PieceTrie.Cell;

namespace Endpoints.Bert.Tokenization;

/// <summary>Lays a vocabulary out as the double array of a <see cref="PieceTrie"/>.</summary>
internal sealed class PieceTrieBuilder
{
    private const int Unused = -1;

    /// <summary>Parent of the roots: no node, so that no step leads to one.</summary>
    private const int Nobody = -2;

    /// <summary>Pieces in the order of their text, those that begin a word before those that continue one.</summary>
    private readonly (string Text, int Id)[] _pieces;
    private readonly int _symbolCount;
    private readonly Queue<Subtree> _pending = new();
    private Cell[] _cells = [];
    private int _firstFree = PieceTrie.Continuation + 1;

    private PieceTrieBuilder(IReadOnlyList<string> tokens)
    {
        _pieces = [.. tokens.Select((text, id) => (text, id))
            .OrderBy(piece => Continues(piece.text)).ThenBy(piece => piece.text, StringComparer.Ordinal)];
        Symbols = NumberByFrequency(tokens, out _symbolCount);
    }

    /// <summary>The symbol of every UTF-16 unit; 0 for those in no token.</summary>
    private ushort[] Symbols { get; }

    /// <summary>Pieces <c>From</c> to <c>To</c> share their first <c>Depth</c> units, which lead to <c>Node</c>.</summary>
    private readonly record struct Subtree(int Node, int From, int To, int Depth);

    /// <summary>Builds the symbols and the cells of a vocabulary; a token's id is its index.</summary>
    public static (ushort[] Symbols, Cell[] Cells) Build(IReadOnlyList<string> tokens)
    {
        var builder = new PieceTrieBuilder(tokens);
        builder.LayOut();
        return (builder.Symbols, builder._cells);
    }

    private static bool Continues(string token) => token.StartsWith(PieceTrie.ContinuationPrefix, StringComparison.Ordinal);

    private static ushort[] NumberByFrequency(IReadOnlyList<string> tokens, out int count)
    {
        var symbols = new ushort[char.MaxValue + 1];
        count = 1;
        foreach ((char unit, _) in tokens.SelectMany(token => token).CountBy(unit => unit).OrderByDescending(pair => pair.Value))
        {
            symbols[unit] = (ushort)count++;
        }

        return symbols;
    }

    private void LayOut()
    {
        Reserve(1);
        _cells[PieceTrie.Start].Parent = _cells[PieceTrie.Continuation].Parent = Nobody;
        int firstContinuation = _pieces.Count(piece => !Continues(piece.Text));
        _pending.Enqueue(new Subtree(PieceTrie.Start, 0, firstContinuation, 0));
        _pending.Enqueue(new Subtree(PieceTrie.Continuation, firstContinuation, _pieces.Length, PieceTrie.ContinuationPrefix.Length));
        while (_pending.TryDequeue(out Subtree subtree))
        {
            Place(subtree);
        }
    }

    /// <summary>Gives a node its id and its children their cells.</summary>
    private void Place(Subtree subtree)
    {
        (int node, int from, int to, int depth) = subtree;
        if (from < to && _pieces[from].Text.Length == depth)
        {
            _cells[node].Id = _pieces[from++].Id;
        }

        List<Subtree> children = [];
        for (int i = from; i < to;)
        {
            char unit = _pieces[i].Text[depth];
            int first = i;
            while (i < to && _pieces[i].Text[depth] == unit)
            {
                i++;
            }

            children.Add(new Subtree(Symbols[unit], first, i, depth + 1));
        }

        if (children.Count == 0)
        {
            return;
        }

        int start = FindBase(children);
        _cells[node].Base = start;
        foreach (Subtree child in children)
        {
            _cells[start + child.Node].Parent = node;
            _pending.Enqueue(child with { Node = start + child.Node });
        }
    }

    /// <summary>The lowest base at which every child's cell is free. The children's <c>Node</c> is still their symbol.</summary>
    private int FindBase(List<Subtree> children)
    {
        while (_cells[_firstFree].Parent != Unused)
        {
            Reserve(++_firstFree);
        }

        int smallest = children.Min(child => child.Node);
        for (int start = Math.Max(0, _firstFree - smallest); ; start++)
        {
            Reserve(start);
            if (_cells[start + smallest].Parent == Unused && children.TrueForAll(child => _cells[start + child.Node].Parent == Unused))
            {
                return start;
            }
        }
    }

    /// <summary>Makes sure that every symbol can be added to <paramref name="start"/>.</summary>
    private void Reserve(int start)
    {
        int length = _cells.Length;
        if (start + _symbolCount > length)
        {
            Array.Resize(ref _cells, Math.Max(2 * length, start + _symbolCount + 1));
            _cells.AsSpan(length).Fill(new Cell { Parent = Unused, Id = PieceTrie.None });
        }
    }
}
