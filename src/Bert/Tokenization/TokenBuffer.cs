using System.Buffers;
using System.Diagnostics;

namespace Endpoints.Bert.Tokenization;

/// <summary>Collects ids. It counts all of them but keeps only the first <c>limit</c>: more can never survive truncation.</summary>
internal ref struct TokenBuffer(Span<int> initial, int limit)
{
    private readonly int _limit = limit;
    private Span<int> _ids = initial;
    private int[]? _rented;

    /// <summary>Number of ids added, kept or not.</summary>
    public int Count { get; private set; }

    /// <summary>True when an id was added that was not kept.</summary>
    public readonly bool IsOverfull => Count > _limit;

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
