using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endpoints.Bert.Checkpoints;

/// <summary><c>endpoint.json</c>: where a checkpoint came from and how good it is. The model can be read without it.</summary>
internal static class MetadataFile
{
    public const string Name = "endpoint.json";

    /// <summary>Reads the file; null where there is none.</summary>
    public static EndpointMetadata? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        EndpointMetadata metadata;
        try
        {
            metadata = JsonSerializer.Deserialize(JsonFile.Bytes(path), MetadataJson.Default.EndpointMetadata)
                ?? throw new CheckpointException($"{path}: expected a JSON object, found null.");
        }
        catch (Exception exception) when (JsonFile.IsBadJson(exception))
        {
            throw new CheckpointException($"{path}: not valid endpoint metadata: {exception.Message}", exception);
        }

        return metadata.Temperature is null or (> 0 and < double.PositiveInfinity) ? metadata : throw new CheckpointException(
            string.Create(CultureInfo.InvariantCulture, $"{path}: expected \"temperature\" to be a number above 0, found {metadata.Temperature}."));
    }

    /// <summary>Writes the file.</summary>
    public static void Write(string path, EndpointMetadata metadata) =>
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(metadata, MetadataJson.Default.EndpointMetadata));
}

/// <summary>An undefined metric (a correlation of constants) is stored as "NaN".</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(EndpointMetadata))]
internal sealed partial class MetadataJson : JsonSerializerContext;
