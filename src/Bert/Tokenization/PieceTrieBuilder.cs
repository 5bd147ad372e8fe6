using Cell = Endpoints.Bert.Tokenization.PieceTrie.Cell;

namespace Endpoints.Bert.Tokenization;

/// <summary>Lays a vocabulary out as the double array of a <see cref="PieceTrie"/>.</summary>
internal sealed class PieceTrieBuilder
{
    private const int Unused = -1;

    /// <summary>Parent of the roots: no node, so that no step leads to one.</summary>
    private const int Nobody = -2;

    /// <summary>Nodes of this many children or more share one hint of where to look for room.</summary>
    private const int MaxHint = 16;

    /// <summary>The pieces in the order of their text, those that begin a word before those that continue one; and their ids.</summary>
    private readonly string[] _pieces;
    private readonly int[] _ids;
    private readonly ushort[] _symbols;
    private readonly int _symbolCount;

    /// <summary>Subtrees yet to be placed. Depth first, so that the cells of one word lie close together.</summary>
    private readonly Stack<Subtree> _pending = new();
    private readonly List<Subtree> _children = [];

    /// <summary>By number of children: below this cell no room is looked for.</summary>
    private readonly int[] _hints = new int[MaxHint + 1];
    private Cell[] _cells = [];

    private PieceTrieBuilder(IReadOnlyList<string> tokens)
    {
        (int Index, string Item)[] numbered = [.. tokens.Index().OrderBy(token => Continues(token.Item))];
        _pieces = [.. numbered.Select(token => token.Item)];
        _ids = [.. numbered.Select(token => token.Index)];
        _symbols = NumberByFrequency(tokens, out _symbolCount);
    }

    /// <summary>Pieces <c>From</c> to <c>To</c> share their first <c>Depth</c> units, which lead to <c>Node</c>.</summary>
    private readonly record struct Subtree(int Node, int From, int To, int Depth);

    /// <summary>Builds the symbols and the cells of a vocabulary; a token's id is its index.</summary>
    public static (ushort[] Symbols, Cell[] Cells) Build(IReadOnlyList<string> tokens)
    {
        var builder = new PieceTrieBuilder(tokens);
        builder.LayOut();
        return (builder._symbols, builder._cells);
    }

    private static bool Continues(string token) => token.StartsWith(PieceTrie.ContinuationPrefix, StringComparison.Ordinal);

    /// <summary>Frequent units get small symbols, so that the children of a node lie close together.</summary>
    private static ushort[] NumberByFrequency(IReadOnlyList<string> tokens, out int count)
    {
        var frequencies = new int[char.MaxValue + 1];
        foreach (string token in tokens)
        {
            foreach (char unit in token)
            {
                frequencies[unit]++;
            }
        }

        var symbols = new ushort[frequencies.Length];
        count = 1;
        IEnumerable<int> used = Enumerable.Range(0, frequencies.Length).Where(unit => frequencies[unit] > 0);
        foreach (int unit in used.OrderByDescending(unit => frequencies[unit]))
        {
            symbols[unit] = (ushort)count++;
        }

        return symbols;
    }

    private void LayOut()
    {
        int continuations = _pieces.Count(piece => !Continues(piece));
        Array.Sort(_pieces, _ids, 0, continuations, StringComparer.Ordinal);
        Array.Sort(_pieces, _ids, continuations, _pieces.Length - continuations, StringComparer.Ordinal);

        Reserve(0);
        _cells[PieceTrie.Start].Parent = _cells[PieceTrie.Continuation].Parent = Nobody;
        _pending.Push(new Subtree(PieceTrie.Continuation, continuations, _pieces.Length, PieceTrie.ContinuationPrefix.Length));
        _pending.Push(new Subtree(PieceTrie.Start, 0, continuations, 0));
        while (_pending.TryPop(out Subtree subtree))
        {
            Place(subtree);
        }
    }

    /// <summary>Gives a node its id and its children their cells.</summary>
    private void Place(Subtree subtree)
    {
        (int node, int from, int to, int depth) = subtree;
        if (from < to && _pieces[from].Length == depth)
        {
            _cells[node].Id = _ids[from++];
        }

        if (from == to)
        {
            return;
        }

        FindChildren(from, to, depth);
        int start = FindBase();
        _cells[node].Base = start;
        foreach (Subtree child in _children)
        {
            _cells[start + child.Node].Parent = node;
            _pending.Push(child with { Node = start + child.Node });
        }
    }

    /// <summary>Splits pieces by their unit at <paramref name="depth"/>. <c>Node</c> is that unit's symbol for now.</summary>
    private void FindChildren(int from, int to, int depth)
    {
        _children.Clear();
        while (from < to)
        {
            char unit = _pieces[from].AsSpan()[depth];
            int first = from;
            while (from < to && _pieces[from][depth] == unit)
            {
                from++;
            }

            _children.Add(new Subtree(_symbols[unit], first, from, depth + 1));
        }
    }

    /// <summary>A base at which every child's cell is free.</summary>
    private int FindBase()
    {
        ref int hint = ref _hints[Math.Min(_children.Count, MaxHint)];
        int smallest = _children.Min(child => child.Node);
        int start = Math.Max(0, hint - smallest);
        while (!IsRoom(start))
        {
            start++;
        }

        hint = start + smallest;
        return start;
    }

    private bool IsRoom(int start)
    {
        Reserve(start);
        foreach (Subtree child in _children)
        {
            if (_cells[start + child.Node].Parent != Unused)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes sure that every symbol can be added to a base.</summary>
    private void Reserve(int start)
    {
        int length = _cells.Length;
        if (start + _symbolCount > length)
        {
            Array.Resize(ref _cells, Math.Max(2 * length, start + _symbolCount + 2));
            _cells.AsSpan(length).Fill(new Cell { Parent = Unused, Id = PieceTrie.None });
        }
    }
}
