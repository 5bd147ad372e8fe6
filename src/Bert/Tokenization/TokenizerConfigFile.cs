using System.Text.Json;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>Reads and writes <c>tokenizer_config.json</c>; a tokenizer can be read without it.</summary>
internal static class TokenizerConfigFile
{
    public const string Name = "tokenizer_config.json";

    /// <summary>Reads the file; null where there is none.</summary>
    public static TokenizerConfig? Read(string directory)
    {
        string path = Path.Combine(directory, Name);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), TokenizerJson.Default.TokenizerConfig) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new CheckpointException(
                $"{path} cannot be used from line {e.LineNumber.GetValueOrDefault() + 1}, at {e.Path ?? "$"}: expected a JSON object "
                + "whose flags are true, false or null and whose tokens are strings, or objects with a string \"content\".", e);
        }
    }

    /// <summary>Writes the file.</summary>
    public static void Write(string directory, TokenizerConfig config) =>
        File.WriteAllText(Path.Combine(directory, Name), JsonSerializer.Serialize(config, TokenizerJson.Default.TokenizerConfig) + "\n");
}
