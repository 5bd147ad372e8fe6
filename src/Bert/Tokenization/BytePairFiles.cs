using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>Reads and writes the three files of a byte-level BPE tokenizer in a checkpoint's folder.</summary>
internal static class BytePairFiles
{
    public const string VocabularyName = "vocab.json";
    public const string MergesName = "merges.txt";

    private const string Version = "#version";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static BytePairTokenizer Load(string directory)
    {
        string vocabularyPath = Path.Combine(directory, VocabularyName);
        string mergesPath = Path.Combine(directory, MergesName);
        string[] tokens = JsonFile.Read(vocabularyPath, fields => TokenIds.Read(fields));
        BytePairOptions options = TokenizerConfigFile.Read(directory)?.ToBytePairOptions() ?? new BytePairOptions();
        return new BytePairTokenizer(new BytePairVocabulary(tokens, ReadMerges(mergesPath), vocabularyPath, mergesPath), options);
    }

    public static void Save(BytePairTokenizer tokenizer, string directory)
    {
        Directory.CreateDirectory(directory);
        using (FileStream file = File.Create(Path.Combine(directory, VocabularyName)))
        using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            for (int id = 0; id < tokenizer.Tokens.Count; id++)
            {
                json.WriteNumber(tokenizer.Tokens[id], id);
            }

            json.WriteEndObject();
        }

        File.WriteAllText(
            Path.Combine(directory, MergesName),
            $"{Version}: 0.2\n{string.Concat(tokenizer.Merges.Select(merge => $"{merge.First} {merge.Second}\n"))}",
            StrictUtf8);
        TokenizerConfigFile.Write(directory, TokenizerConfig.From(tokenizer.Options));
    }

    private static (string First, string Second)[] ReadMerges(string path)
    {
        string[] lines = ReadLines(path);
        var merges = new List<(string, string)>(lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || (i == 0 && lines[i].StartsWith(Version, StringComparison.Ordinal)))
            {
                continue;
            }

            merges.Add(Pair(lines[i]) ?? throw new CheckpointException($"{path}, line {i + 1}: expected two tokens with one blank between, found '{lines[i]}'."));
        }

        return [.. merges];
    }

    /// <summary>The two tokens of a merge, which have no blank in them; null if there are not two.</summary>
    public static (string First, string Second)? Pair(string text)
    {
        int blank = text.IndexOf(' ', StringComparison.Ordinal);
        return blank > 0 && blank < text.Length - 1 && text.IndexOf(' ', blank + 1) < 0 ? (text[..blank], text[(blank + 1)..]) : null;
    }

    private static string[] ReadLines(string path)
    {
        try
        {
            return StrictUtf8.GetString(JsonFile.Bytes(path)).Split('\n').Select(line => line.TrimEnd('\r')).ToArray();
        }
        catch (DecoderFallbackException e)
        {
            throw new CheckpointException($"{path} is not UTF-8 text: expected two tokens a line.", e);
        }
    }
}
