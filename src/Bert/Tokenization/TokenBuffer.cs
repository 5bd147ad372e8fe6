using System.Buffers;
using System.Diagnostics;

namespace Endpoints.Bert.Tokenization;

/// <summary>Collects ids. It counts all of them but keeps only the first <c>limit</c>: more can never survive truncation.</summary>
/// <param name="initial">Memory to begin with, not empty; more is rented when it is full.</param>
/// <param name="limit">Most ids to keep.</param>
/// <param name="countsAll">False if it need not be known how far the limit is passed.</param>
internal ref struct TokenBuffer(Span<int> initial, int limit, bool countsAll)
{
    private readonly int _limit = limit;
    private readonly bool _countsAll = countsAll;
    private Span<int> _ids = initial;
    private int[]? _rented;

    /// <summary>Number of ids added, kept or not.</summary>
    public int Count { get; private set; }

    /// <summary>True when nothing that could be added would change the result.</summary>
    public readonly bool IsDone => Count > _limit && !_countsAll;

    /// <summary>The first ids. Asking for more than were added or kept throws.</summary>
    public readonly ReadOnlySpan<int> First(int count)
    {
        Debug.Assert(count <= Math.Min(Count, _limit));
        return _ids[..count];
    }

    /// <summary>Appends an id.</summary>
    public void Add(int id)
    {
        if (Count >= _ids.Length && Count < _limit)
        {
            Grow();
        }

        if ((uint)Count < (uint)_ids.Length)
        {
            _ids[Count] = id;
        }

        Count++;
    }

    /// <summary>Takes back every id after the first <paramref name="count"/>.</summary>
    public void Rewind(int count) => Count = count;

    /// <summary>Returns rented memory. The ids are gone afterwards.</summary>
    public readonly void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<int>.Shared.Return(_rented);
        }
    }

    private void Grow()
    {
        int[] larger = ArrayPool<int>.Shared.Rent(2 * _ids.Length);
        _ids.CopyTo(larger);
        Dispose();
        _rented = larger;
        _ids = larger;
    }
}
