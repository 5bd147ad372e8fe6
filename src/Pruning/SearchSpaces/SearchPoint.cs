using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endpoints.Pruning.SearchSpaces;

/// <summary>A point of a search space: one integer for each dimension. Compared by value; an array of numbers in JSON.</summary>
[JsonConverter(typeof(Converter))]
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
        foreach (int value in Values)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <summary>For example <c>(6, 6, 1536)</c>.</summary>
    public override string ToString() => $"({string.Join(", ", Values)})";

    internal sealed class Converter : JsonConverter<SearchPoint>
    {
        public override SearchPoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                throw new JsonException("A point is an array of integers.");
            }

            var values = ImmutableArray.CreateBuilder<int>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int value))
                {
                    throw new JsonException("A point is an array of integers.");
                }

                values.Add(value);
            }

            return new SearchPoint(values.ToImmutable());
        }

        public override void Write(Utf8JsonWriter writer, SearchPoint value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (int coordinate in value.Values)
            {
                writer.WriteNumberValue(coordinate);
            }

            writer.WriteEndArray();
        }
    }
}
