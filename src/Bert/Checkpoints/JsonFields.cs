using System.Text.Json;

namespace Endpoints.Bert.Checkpoints;

/// <summary>The fields of a JSON object, read as what they must be; a field that is not fails in a sentence that says what was expected and found.</summary>
/// <param name="Owner">What the object is, for messages: its file, and where in it.</param>
/// <param name="Element">The object. A field that is null counts as absent, as it does for transformers.</param>
internal readonly record struct JsonFields(string Owner, JsonElement Element)
{
    /// <summary>The value of a field, or null where it is absent.</summary>
    public JsonElement? Value(string name) =>
        Element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A whole number; a missing one is <paramref name="absent"/>, or a failure where that is not given.</summary>
    public int Integer(string name, int minimum, int maximum = int.MaxValue, int? absent = null)
    {
        JsonElement? value = Value(name);
        if (value is null && absent is { } fallback)
        {
            return fallback;
        }

        return value is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int integer) && integer >= minimum && integer <= maximum
            ? integer
            : throw Failure(name, maximum == int.MaxValue ? $"a whole number from {minimum}" : $"a whole number from {minimum} to {maximum}");
    }

    /// <summary>A number from <paramref name="minimum"/> to below <paramref name="limit"/>.</summary>
    public float Number(string name, float minimum, float limit, float absent)
    {
        if (Value(name) is not { } value)
        {
            return absent;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number) && number >= minimum && number < limit
            ? number
            : throw Failure(name, $"a number from {minimum} to below {limit}");
    }

    /// <summary>A string, or null where it is absent.</summary>
    public string? Text(string name) => Value(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Failure(name, "a string"),
    };

    /// <summary>True or false; false where it is absent.</summary>
    public bool Flag(string name) => Value(name) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True or JsonValueKind.False } value => value.GetBoolean(),
        _ => throw Failure(name, "true or false"),
    };

    /// <summary>An object, or null where it is absent.</summary>
    public JsonFields? Object(string name) => Value(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new JsonFields($"{Owner}, \"{name}\"", value),
        _ => throw Failure(name, "an object"),
    };

    /// <summary>A list of objects.</summary>
    public JsonFields[] Objects(string name)
    {
        string owner = Owner;
        return Value(name) is { ValueKind: JsonValueKind.Array } array && array.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
            ? [.. array.EnumerateArray().Select((item, index) => new JsonFields($"{owner}, \"{name}\" {index}", item))]
            : throw Failure(name, "a list of objects");
    }

    /// <summary>A list of strings; empty where it is absent.</summary>
    public string[] Texts(string name) => Value(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } array when array.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. array.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw Failure(name, "a list of strings"),
    };

    /// <summary>A list of whole numbers from 0.</summary>
    public long[] Integers(string name)
    {
        string expected = "a list of whole numbers from 0";
        if (Value(name) is not { ValueKind: JsonValueKind.Array } array)
        {
            throw Failure(name, expected);
        }

        var integers = new long[array.GetArrayLength()];
        int count = 0;
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out integers[count]) || integers[count] < 0)
            {
                throw Failure(name, expected);
            }

            count++;
        }

        return integers;
    }

    /// <summary>The sentence for a field that is not what it must be.</summary>
    public CheckpointException Failure(string name, string expected) =>
        new($"{Owner}: expected \"{name}\" to be {expected}, found {(Element.TryGetProperty(name, out JsonElement value) ? JsonFile.Describe(value) : "nothing")}.");
}
