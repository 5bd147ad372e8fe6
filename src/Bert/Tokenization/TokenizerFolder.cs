using Endpoints.Bert.Checkpoints;

namespace Endpoints.Bert.Tokenization;

/// <summary>Reads the tokenizer of a checkpoint's folder, whichever it is.</summary>
public static class TokenizerFolder
{
    /// <summary>What a tokenizer may lie in: files that another tokenizer left behind would be taken for its own.</summary>
    internal static IReadOnlyList<string> FileNames { get; } =
        [WordPieceFiles.VocabularyName, BytePairFiles.VocabularyName, BytePairFiles.MergesName, TokenizerJsonFile.Name, TokenizerConfigFile.Name];

    /// <summary>
    /// Reads WordPiece from <c>vocab.txt</c>, byte-level BPE from <c>vocab.json</c> and <c>merges.txt</c>, and either from <c>tokenizer.json</c> where
    /// there is nothing else; <c>tokenizer_config.json</c> says how, where it is there.
    /// </summary>
    /// <exception cref="CheckpointException">There is no tokenizer, there are two, or a file says something that cannot be used; the message names it.</exception>
    public static ITokenizer Load(string directory)
    {
        bool Has(string name) => File.Exists(Path.Combine(directory, name));
        bool isWordPiece = Has(WordPieceFiles.VocabularyName), isBytePair = Has(BytePairFiles.VocabularyName) || Has(BytePairFiles.MergesName);
        if (isWordPiece && isBytePair)
        {
            throw new CheckpointException(
                $"{directory}: expected one tokenizer, found {WordPieceFiles.VocabularyName} and {(Has(BytePairFiles.VocabularyName) ? BytePairFiles.VocabularyName : BytePairFiles.MergesName)}: "
                + "remove the files that are not this model's.");
        }

        return isWordPiece ? WordPieceFiles.Load(directory)
            : isBytePair ? BytePairFiles.Load(directory)
            : Has(TokenizerJsonFile.Name) ? TokenizerJsonFile.Load(directory)
            : throw new CheckpointException(
                $"{directory}: expected a tokenizer ({WordPieceFiles.VocabularyName}, {BytePairFiles.VocabularyName} with {BytePairFiles.MergesName}, or {TokenizerJsonFile.Name}), found none.");
    }
}
