using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endpoints.Serving.Management;

/// <summary>The body of <c>PUT /endpoints/{name}</c>: what the endpoint is to run. One of <see cref="Of"/>, <see cref="Checkpoint"/> and <see cref="Cascade"/> is given.</summary>
internal sealed record EndpointChange
{
    /// <summary>An endpoint whose checkpoint, loaded already, this one is cut from too.</summary>
    public string? Of { get; init; }

    /// <summary>A checkpoint's folder on the server, below one of its model roots.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>Two endpoints whose networks it is a cascade of, the small one first.</summary>
    public IReadOnlyList<string>? Cascade { get; init; }

    /// <summary>Least margin at which the small one's answer stands; given with <see cref="Cascade"/>.</summary>
    public double? Threshold { get; init; }

    /// <summary>What of it to run; all by default.</summary>
    public string? SubNetwork { get; init; }

    /// <summary>What to run it in; as configured by default.</summary>
    public string? Precision { get; init; }

    /// <summary>Options of the endpoint by name, over those that are configured.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Settings { get; init; }

    /// <summary>Options as configuration has them.</summary>
    public Dictionary<string, string?> Options()
    {
        var options = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach ((string key, JsonElement value) in Settings ?? new Dictionary<string, JsonElement>())
        {
            options[key] = value.ValueKind == JsonValueKind.Null ? null : value.ToString();
        }

        if (Precision is not null)
        {
            options[nameof(Precision)] = Precision;
        }

        return options;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(EndpointChange))]
internal sealed partial class EndpointChangeJson : JsonSerializerContext;
