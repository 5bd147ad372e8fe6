using System.Text;

namespace Endpoints.Pruning.Tasks.Demo;

/// <summary>Puts a sentence into English.</summary>
internal static class SentenceText
{
    public static string Write(Sentence sentence)
    {
        var text = new StringBuilder();
        Write(text, sentence.Subject, some: "some");
        switch (sentence.Predicate)
        {
            case Doing doing:
                Write(text, doing);
                break;
            case Relating relating:
                text.Append(' ').Append(relating.Passive ? $"are {Lexicon.Participle(relating.Relation)} by" : relating.Relation.Text).Append(' ');
                Write(text, relating.Object, some: sentence.Subject.Quantifier == Quantifier.No ? "any" : "some");
                break;
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, Phrase phrase, string some)
    {
        string number = phrase.Counts ? Lexicon.Number(phrase.Number) : "";
        text.Append(phrase.Quantifier switch
        {
            Quantifier.All => "all",
            Quantifier.Some => some,
            Quantifier.No => "no",
            Quantifier.MoreThan => $"more than {number}",
            _ => $"fewer than {number}",
        });
        if (phrase.Things.Quality is { } quality)
        {
            text.Append(' ').Append(quality);
        }

        text.Append(' ').Append(phrase.Things.Noun);
        if (phrase.Things.That is { } that)
        {
            text.Append(" that");
            Write(text, that);
        }
    }

    private static void Write(StringBuilder text, Doing doing) =>
        text.Append(doing.Negated ? " do not " : " ").AppendJoin(" and ", doing.Actions);
}
