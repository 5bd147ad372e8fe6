using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Endpoints.Bert.SubNetworks;

/// <summary>Which of <see cref="Total"/> heads or units a sub-network keeps: sorted, distinct indices.</summary>
/// <remarks>A prefix (the first n) can be run as a view of packed weights; any other choice is gathered.</remarks>
public sealed class Kept : IEquatable<Kept>
{
    private Kept(int total, ImmutableArray<int> indices)
    {
        Total = total;
        Indices = indices;
        IsPrefix = indices.IsEmpty || indices[^1] == indices.Length - 1;
    }

    /// <summary>Number there are in the super-network.</summary>
    public int Total { get; }

    /// <summary>The kept ones, ascending.</summary>
    public ImmutableArray<int> Indices { get; }

    /// <summary>Number kept.</summary>
    public int Count => Indices.Length;

    /// <summary>True when the kept ones are the first <see cref="Count"/>.</summary>
    public bool IsPrefix { get; }

    /// <summary>Keeps the first <paramref name="count"/> of <paramref name="total"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative or above the total.</exception>
    public static Kept First(int count, int total)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, total);
        return new Kept(total, [.. Enumerable.Range(0, count)]);
    }

    /// <summary>Keeps those whose bit is set.</summary>
    public static Kept FromMask(ReadOnlySpan<bool> mask)
    {
        var indices = ImmutableArray.CreateBuilder<int>(mask.Length);
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i])
            {
                indices.Add(i);
            }
        }

        return new Kept(mask.Length, indices.ToImmutable());
    }

    /// <summary>True where kept, one entry for each of <see cref="Total"/>.</summary>
    public bool[] ToMask()
    {
        var mask = new bool[Total];
        foreach (int index in Indices)
        {
            mask[index] = true;
        }

        return mask;
    }

    /// <inheritdoc/>
    public bool Equals(Kept? other) =>
        other is not null
        && (Total, Count, IsPrefix) == (other.Total, other.Count, other.IsPrefix)
        && (IsPrefix || Indices.AsSpan().SequenceEqual(other.Indices.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Kept);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // Searches compare thousands of sub-networks: a prefix is told by its length.
        var hash = new HashCode();
        hash.Add(Total);
        hash.Add(Count);
        if (!IsPrefix)
        {
            hash.AddBytes(MemoryMarshal.AsBytes(Indices.AsSpan()));
        }

        return hash.ToHashCode();
    }
}
