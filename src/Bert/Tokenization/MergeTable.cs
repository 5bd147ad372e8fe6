using System.Numerics;

namespace Endpoints.Bert.Tokenization;

/// <summary>Which pairs of tokens merge, in which order, and into what: a hash table with open addressing.</summary>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge.</summary>
    public const int None = int.MaxValue;

    // No pair of ids has this key: ids are not negative.
    private const ulong Empty = ulong.MaxValue;

    private readonly ulong[] _keys;
    private readonly int[] _ranks;
    private readonly int[] _merged;
    private readonly int _shift;

    /// <param name="merges">Two ids and what they become; the first merges first. No pair may be there twice.</param>
    public MergeTable(IReadOnlyList<(int First, int Second, int Merged)> merges)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, 2 * merges.Count));
        _shift = 64 - BitOperations.Log2((uint)size);
        _keys = new ulong[size];
        _ranks = new int[size];
        _keys.AsSpan().Fill(Empty);
        _merged = [.. merges.Select(merge => merge.Merged)];
        for (int rank = 0; rank < merges.Count; rank++)
        {
            ulong key = Key(merges[rank].First, merges[rank].Second);
            int slot = Slot(key);
            (_keys[slot], _ranks[slot]) = (key, rank);
        }
    }

    /// <summary>When a pair merges: the smallest goes first; <see cref="None"/> if it never does.</summary>
    public int Rank(int first, int second)
    {
        ulong key = Key(first, second);
        int slot = Slot(key);
        return _keys[slot] == key ? _ranks[slot] : None;
    }

    /// <summary>What the pair of a rank becomes.</summary>
    public int Merged(int rank) => _merged[rank];

    private static ulong Key(int first, int second) => ((ulong)(uint)first << 32) | (uint)second;

    /// <summary>Where a key is, or would be. The table is at most half full, so that there is an end.</summary>
    private int Slot(ulong key)
    {
        ulong[] keys = _keys;
        int slot = (int)((key * 0x9E37_79B9_7F4A_7C15) >> _shift);
        while (keys[slot] != key && keys[slot] != Empty)
        {
            slot = (slot + 1) & (keys.Length - 1);
        }

        return slot;
    }
}
