using System.Text.Json;

namespace Endpoints.Serving.Protocols.OpenInference;

/// <summary>A named input: its shape, its type, and its data in row-major order, whether it was sent flat or nested.</summary>
internal sealed record InputTensor(string Name, int[] Shape, string DataType, List<JsonElement> Data)
{
    private const int MostDimensions = 2;

    /// <summary>Values in each row.</summary>
    public int RowLength => Shape.Length == 1 ? 1 : Shape[1];

    /// <returns>Null when <paramref name="tensor"/> is valid, else a sentence that says what is wrong.</returns>
    public static string? Read(JsonElement element, int index, out InputTensor? tensor)
    {
        tensor = null;
        if (element.ValueKind != JsonValueKind.Object)
        {
            return $"inputs[{index}] must be an object, {element.Found()} was found.";
        }

        if (!element.TryGetProperty("name"u8, out JsonElement name) || name.ValueKind != JsonValueKind.String)
        {
            return $"inputs[{index}].name must be a string.";
        }

        string where = $"inputs[{index}] ('{Shorten(name.GetString()!)}')";
        if (!element.TryGetProperty("datatype"u8, out JsonElement type) || type.ValueKind != JsonValueKind.String)
        {
            return $"{where}: datatype must be a string.";
        }

        if (!element.TryGetProperty("shape"u8, out JsonElement shapeElement) || !TryReadShape(shapeElement, out int[] shape))
        {
            return $"{where}: shape must be an array of one or two numbers of at least 1.";
        }

        if (!element.TryGetProperty("data"u8, out JsonElement dataElement) || dataElement.ValueKind != JsonValueKind.Array)
        {
            return $"{where}: data must be an array.";
        }

        var data = new List<JsonElement>();
        AddFlat(dataElement, data);
        long expected = shape.Aggregate(1L, (product, length) => product * length);
        if (data.Count != expected)
        {
            return $"{where}: data has {data.Count} values, and the shape [{string.Join(", ", shape)}] asks for {expected}.";
        }

        tensor = new InputTensor(name.GetString()!, shape, type.GetString()!, data);
        return null;
    }

    public static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private static bool TryReadShape(JsonElement element, out int[] shape)
    {
        shape = [];
        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() is < 1 or > MostDimensions)
        {
            return false;
        }

        var lengths = new List<int>();
        foreach (JsonElement length in element.EnumerateArray())
        {
            if (length.ValueKind != JsonValueKind.Number || !length.TryGetInt32(out int value) || value < 1)
            {
                return false;
            }

            lengths.Add(value);
        }

        shape = [.. lengths];
        return true;
    }

    private static void AddFlat(JsonElement element, List<JsonElement> data)
    {
        foreach (JsonElement value in element.EnumerateArray())
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                AddFlat(value, data);
            }
            else
            {
                data.Add(value);
            }
        }
    }
}
