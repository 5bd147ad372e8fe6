using System.Text;
using System.Text.Json;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>Reads and writes a tokenizer's two files in a checkpoint's folder.</summary>
internal static class TokenizerFiles
{
    private const string VocabularyName = "vocab.txt";
    private const string ConfigName = "tokenizer_config.json";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static WordPieceTokenizer Load(string directory)
    {
        string vocabularyPath = Path.Combine(directory, VocabularyName);
        string[] tokens = ReadVocabulary(vocabularyPath);
        return new WordPieceTokenizer(tokens, ReadOptions(Path.Combine(directory, ConfigName)), vocabularyPath);
    }

    public static void Save(WordPieceTokenizer tokenizer, string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, VocabularyName), string.Concat(tokenizer.Tokens.Select(token => token + "\n")), StrictUtf8);
        string json = JsonSerializer.Serialize(TokenizerConfig.From(tokenizer.Options), TokenizerJson.Default.TokenizerConfig);
        File.WriteAllText(Path.Combine(directory, ConfigName), json + "\n", StrictUtf8);
    }

    private static string[] ReadVocabulary(string path)
    {
        try
        {
            return File.ReadAllLines(path, StrictUtf8);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointException($"{path} is missing: a WordPiece tokenizer needs this list of its tokens, one a line.", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new CheckpointException($"{path} is not UTF-8 text: expected one token a line.", e);
        }
    }

    private static WordPieceOptions ReadOptions(string path)
    {
        if (!File.Exists(path))
        {
            return new WordPieceOptions();
        }

        try
        {
            TokenizerConfig? config = JsonSerializer.Deserialize(File.ReadAllBytes(path), TokenizerJson.Default.TokenizerConfig);
            return config?.ToOptions() ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new CheckpointException(
                $"{path} cannot be used from line {e.LineNumber.GetValueOrDefault() + 1}, at {e.Path ?? "$"}: expected a JSON object "
                + "whose flags are true, false or null and whose tokens are strings, or objects with a string \"content\".", e);
        }
    }
}
