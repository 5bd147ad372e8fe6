using System.Text.Json;
using System.Text.Json.Serialization;

namespace Endpoints.Pruning.Objectives;

/// <summary>Keeps a <see cref="LatencyTable"/> in a run's folder, so that a resumed search continues with the times that it began with.</summary>
internal static class LatencyTableFile
{
    public const string Name = "latency-table.json";

    /// <summary>The folder's table; null where there is none, or one of another machine or model.</summary>
    /// <exception cref="InvalidDataException">The file cannot be read.</exception>
    public static LatencyTable? Read(string folder, string measuredOn)
    {
        string path = Path.Combine(folder, Name);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            LatencyTable? table = JsonSerializer.Deserialize(File.ReadAllText(path), LatencyTableJson.Default.LatencyTable);
            return table?.MeasuredOn == measuredOn ? table : null;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} cannot be read ({exception.Message.TrimEnd('.')}): delete it, and latencies are measured again.", exception);
        }
    }

    public static void Write(string folder, LatencyTable table)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, Name);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(table, LatencyTableJson.Default.LatencyTable) + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LatencyTable))]
internal sealed partial class LatencyTableJson : JsonSerializerContext;
