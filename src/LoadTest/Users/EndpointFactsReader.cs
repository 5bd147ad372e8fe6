using System.Text.Json;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Users;

/// <summary>Asks a server about an endpoint (<c>GET /endpoints</c>). Any server may be tested, so one that does not know that route simply gives no facts.</summary>
internal static class EndpointFactsReader
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<EndpointFacts?> ReadAsync(LoadTarget target, TimeProvider time, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(target.Connection.Handler(Patience));
        target.Connection.AddHeaders(http.DefaultRequestHeaders);
        using var deadline = new Deadline(Patience, time, cancellationToken);
        try
        {
            byte[] body = await http.GetByteArrayAsync(new Uri(target.Url, "/endpoints"), deadline.Start()).ConfigureAwait(false);
            return Find(body, LoadTarget.EndpointIn(target.Url));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    /// <summary>The facts of the endpoint with that name, of the default endpoint when the name is null; null when it is not listed.</summary>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    internal static EndpointFacts? Find(ReadOnlyMemory<byte> body, string? name)
    {
        using var document = JsonDocument.Parse(body);
        JsonElement? list = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement : Field(document.RootElement, "endpoints", JsonValueKind.Array);
        foreach (JsonElement entry in list?.EnumerateArray() ?? default)
        {
            if (name is null ? Field(entry, "default", JsonValueKind.True) is not null : Text(entry, "name") == name)
            {
                return FactsOf(entry);
            }
        }

        return null;
    }

    private static EndpointFacts FactsOf(JsonElement entry)
    {
        JsonElement? parameters = Field(entry, "parameters", JsonValueKind.Object);
        string[] dataSet = [.. new[] { Text(entry, "task"), Text(entry, "split") }.OfType<string>()];
        return new EndpointFacts
        {
            Name = Text(entry, "name"),
            SubNetwork = Text(entry, "subNetwork"),
            Precision = Text(entry, "precision"),
            Parameters = parameters is { } object1 ? Whole(object1, "kept") : Whole(entry, "parameters"),
            ParametersBeforePruning = parameters is { } object2 ? Whole(object2, "total") : null,
            Accuracy = Field(entry, "accuracy", JsonValueKind.Number)?.GetDouble(),
            DataSet = dataSet.Length == 0 ? null : string.Join(' ', dataSet),
        };
    }

    private static JsonElement? Field(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == kind ? value : null;

    private static string? Text(JsonElement parent, string name) => Field(parent, name, JsonValueKind.String)?.GetString();

    private static long? Whole(JsonElement parent, string name) => Field(parent, name, JsonValueKind.Number) is { } value && value.TryGetInt64(out long number) ? number : null;
}
