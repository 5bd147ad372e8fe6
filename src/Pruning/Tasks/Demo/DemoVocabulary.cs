namespace Endpoints.Pruning.Tasks.Demo;

/// <summary>Makes the demo's WordPiece vocabulary from its own training text.</summary>
internal static class DemoVocabulary
{
    private const int LongestPiece = 4;
    private const int WordsSharingPiece = 2;

    /// <summary>
    /// Special tokens, then every whole word of the corpus (most frequent first), the endings that several words share (##s, ##ed, ##ers), and single
    /// characters with and without ##, so that every word of plain English can be spelt.
    /// </summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> texts)
    {
        var words = texts.SelectMany(text => text.Split(' ')).CountBy(word => word)
            .OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal)
            .Select(word => word.Key)
            .ToList();
        IEnumerable<string> endings = words
            .SelectMany(word => Enumerable.Range(1, LongestPiece).Where(length => length < word.Length).Select(length => $"##{word[^length..]}"))
            .CountBy(ending => ending)
            .Where(ending => ending.Value >= WordsSharingPiece)
            .Select(ending => ending.Key)
            .Order(StringComparer.Ordinal);
        string[] characters = [.. Characters()];
        return
        [
            .. ((string[])["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
                .Concat(words).Concat(endings).Concat(characters).Concat(characters.Where(c => char.IsAsciiLetterOrDigit(c[0])).Select(c => $"##{c}"))
                .Distinct(),
        ];
    }

    /// <summary>Printable ASCII without upper case: the tokenizer lower-cases.</summary>
    private static IEnumerable<string> Characters() =>
        Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code).Where(c => !char.IsAsciiLetterUpper(c)).Select(c => c.ToString());
}
