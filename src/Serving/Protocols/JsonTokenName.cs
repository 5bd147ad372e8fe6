using System.Text.Json;

namespace Endpoints.Serving.Protocols;

/// <summary>What a message calls the JSON that was found.</summary>
internal static class JsonTokenName
{
    /// <summary>For example <c>a string</c>.</summary>
    public static string Found(this JsonTokenType type) => type switch
    {
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "a boolean",
        JsonTokenType.Null => "null",
        JsonTokenType.StartArray => "an array",
        _ => "an object",
    };

    /// <summary>For example <c>a string</c>.</summary>
    public static string Found(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Null => "null",
        JsonValueKind.Array => "an array",
        _ => "an object",
    };
}
