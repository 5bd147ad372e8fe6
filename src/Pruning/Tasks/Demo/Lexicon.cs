namespace Endpoints.Pruning.Tasks.Demo;

/// <summary>Every content word that the demo's sentences use.</summary>
internal static class Lexicon
{
    public static IReadOnlyList<Word> Nouns { get; } = Tree(
        "animals: dogs birds; dogs: poodles beagles; birds: robins crows; people: artists; artists: painters singers");

    public static IReadOnlyList<Word> Actions { get; } = Tree("move: run jump; run: sprint; speak: shout whisper; eat");

    public static IReadOnlyList<Word> Qualities { get; } = Tree("big; young; happy");

    /// <summary>Verbs that take an object; the passive is the verb's <see cref="Participle"/>.</summary>
    public static IReadOnlyList<Word> Relations { get; } = Tree("see; follow; help");

    public const int LeastNumber = 2;

    public const int MostNumber = 5;

    public static string Number(int number) => number switch { 2 => "two", 3 => "three", 4 => "four", _ => "five" };

    public static string Participle(Word relation) => relation.Text switch
    {
        "see" => "seen",
        var verb when verb.EndsWith('e') => $"{verb}d",
        var verb => $"{verb}ed",
    };

    /// <summary>Reads "general: special special; special: …" into words, each after the one above it.</summary>
    private static Word[] Tree(string text)
    {
        var words = new Dictionary<string, Word>();
        foreach (string entry in text.Split(';', StringSplitOptions.TrimEntries))
        {
            string[] parts = entry.Split(':', StringSplitOptions.TrimEntries);
            if (!words.TryGetValue(parts[0], out Word? general))
            {
                words.Add(parts[0], general = new Word(parts[0]));
            }

            foreach (string special in parts.Length == 1 ? [] : parts[1].Split(' '))
            {
                words.Add(special, new Word(special, general));
            }
        }

        return [.. words.Values];
    }
}
