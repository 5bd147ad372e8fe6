using System.Text.Encodings.Web;
using System.Text.Json;

namespace Endpoints.Serving.Problems;

/// <summary>JSON that people read: quotes stand as they are, where the default writes <c>\u0027</c> in case the text ends up in a web page.</summary>
internal static class ReadableJson
{
    /// <summary>The same options with readable strings.</summary>
    public static JsonSerializerOptions From(JsonSerializerOptions options) => new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
