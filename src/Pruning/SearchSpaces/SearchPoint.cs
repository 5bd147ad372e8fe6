using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>
/// A point of a search space: one integer for each dimension. Compared by value. In JSON an array of numbers; many bits are a text, their number and the bits in
/// base 64: <c>"37008:..."</c>.
/// </summary>
[JsonConverter(typeof(SearchPointConverter))]
public sealed class SearchPoint(params ImmutableArray<int> values) : IEquatable<SearchPoint>
{
    /// <summary>The integers, in the order of the space's dimensions.</summary>
    public ImmutableArray<int> Values { get; } = values;

    /// <summary>The same point with one integer changed.</summary>
    public SearchPoint With(int dimension, int value) => new(Values.SetItem(dimension, value));

    /// <inheritdoc/>
    public bool Equals(SearchPoint? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SearchPoint);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(MemoryMarshal.AsBytes(Values.AsSpan()));
        return hash.ToHashCode();
    }

    /// <summary>For example <c>(6, 6, 1536)</c>; of many coordinates the first few.</summary>
    public override string ToString() => Values.Length <= 32
        ? $"({string.Join(", ", Values)})"
        : $"({string.Join(", ", Values.Take(8))}, ... {Values.Length} coordinates)";
}
