using System.Buffers;
using System.Runtime.CompilerServices;

namespace Endpoints.Bert.Tokenization;

/// <summary>Spells a piece of text in tokens: its bytes, whose neighbours merge, the pair of lowest rank first and of equal ones the leftmost.</summary>
internal sealed class BytePairMerger(int[] byteIds, MergeTable merges)
{
    /// <summary>Up to here looking at every pair after each merge is quicker than a queue; beyond, its square would be felt.</summary>
    private const int Short = 64;

    /// <summary>Adds the tokens of a piece.</summary>
    public void Add(scoped ReadOnlySpan<byte> piece, ref TokenBuffer tokens)
    {
        if (piece.Length <= Short)
        {
            AddShort(piece, ref tokens);
        }
        else
        {
            AddLong(piece, ref tokens);
        }
    }

    [SkipLocalsInit]
    private void AddShort(scoped ReadOnlySpan<byte> piece, ref TokenBuffer tokens)
    {
        Span<int> ids = stackalloc int[Short];
        Span<int> ranks = stackalloc int[Short];
        int count = piece.Length;
        for (int i = 0; i < count; i++)
        {
            ids[i] = byteIds[piece[i]];
            ranks[i] = MergeTable.None;
        }

        for (int i = 0; i + 1 < count; i++)
        {
            ranks[i] = merges.Rank(ids[i], ids[i + 1]);
        }

        while (LowestAt(ranks[..count]) is var at && at < count && ranks[at] != MergeTable.None)
        {
            ids[at] = merges.Merged(ranks[at]);
            ids[(at + 2)..count].CopyTo(ids[(at + 1)..]);
            ranks[(at + 2)..count].CopyTo(ranks[(at + 1)..]);
            count--;
            ranks[at] = at + 1 < count ? merges.Rank(ids[at], ids[at + 1]) : MergeTable.None;
            if (at > 0)
            {
                ranks[at - 1] = merges.Rank(ids[at - 1], ids[at]);
            }
        }

        foreach (int id in ids[..count])
        {
            tokens.Add(id);
        }
    }

    private static int LowestAt(ReadOnlySpan<int> ranks)
    {
        int lowest = 0;
        for (int i = 1; i < ranks.Length; i++)
        {
            if (ranks[i] < ranks[lowest])
            {
                lowest = i;
            }
        }

        return lowest;
    }

    /// <summary>The same with a linked list and a queue of pairs: n log n, for a word may be as long as a request.</summary>
    private void AddLong(scoped ReadOnlySpan<byte> piece, ref TokenBuffer tokens)
    {
        int count = piece.Length;
        int[] rented = ArrayPool<int>.Shared.Rent(4 * count);
        Span<int> ids = rented.AsSpan(0, count), ranks = rented.AsSpan(count, count);
        Span<int> next = rented.AsSpan(2 * count, count), previous = rented.AsSpan(3 * count, count);
        var queue = new PriorityQueue<int, long>(count);
        for (int i = 0; i < count; i++)
        {
            (ids[i], next[i], previous[i]) = (byteIds[piece[i]], i + 1, i - 1);
        }

        for (int i = 0; i < count; i++)
        {
            Enqueue(i, ids, ranks, next, queue);
        }

        while (queue.TryDequeue(out int at, out long priority))
        {
            // One of the pair has merged otherwise since. Tokens only grow, so no later pair at this place has the same rank.
            int rank = (int)(priority >> 32);
            if (ranks[at] != rank)
            {
                continue;
            }

            int swallowed = next[at];
            ids[at] = merges.Merged(rank);
            ranks[swallowed] = MergeTable.None;
            next[at] = next[swallowed];
            if (next[at] < count)
            {
                previous[next[at]] = at;
            }

            Enqueue(at, ids, ranks, next, queue);
            if (previous[at] >= 0)
            {
                Enqueue(previous[at], ids, ranks, next, queue);
            }
        }

        for (int at = 0; at < count; at = next[at])
        {
            tokens.Add(ids[at]);
        }

        ArrayPool<int>.Shared.Return(rented);
    }

    private void Enqueue(int at, ReadOnlySpan<int> ids, Span<int> ranks, ReadOnlySpan<int> next, PriorityQueue<int, long> queue)
    {
        ranks[at] = next[at] < ids.Length ? merges.Rank(ids[at], ids[next[at]]) : MergeTable.None;
        if (ranks[at] != MergeTable.None)
        {
            queue.Enqueue(at, ((long)ranks[at] << 32) | (uint)at);
        }
    }
}
