using System.Text;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>Reads and writes the two files of a WordPiece tokenizer in a checkpoint's folder.</summary>
internal static class WordPieceFiles
{
    public const string VocabularyName = "vocab.txt";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static WordPieceTokenizer Load(string directory)
    {
        string vocabularyPath = Path.Combine(directory, VocabularyName);
        string[] tokens = ReadVocabulary(vocabularyPath);
        return new WordPieceTokenizer(tokens, TokenizerConfigFile.Read(directory)?.ToWordPieceOptions() ?? new WordPieceOptions(), vocabularyPath);
    }

    public static void Save(WordPieceTokenizer tokenizer, string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, VocabularyName), string.Concat(tokenizer.Tokens.Select(token => token + "\n")), StrictUtf8);
        TokenizerConfigFile.Write(directory, TokenizerConfig.From(tokenizer.Options));
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
}
