using System.Collections.Immutable;

namespace Endpoints.Pruning.Tasks.Demo;

/// <summary>What a sentence is about.</summary>
internal enum SentenceKind
{
    /// <summary>All dogs that jump run and shout.</summary>
    Action,

    /// <summary>At least three dogs run.</summary>
    Count,

    /// <summary>Some dogs are followed by all cats.</summary>
    Relation,
}

/// <summary>Draws random sentences, and sentences that a few small changes make of another.</summary>
internal sealed class Grammar(Random random)
{
    private const double QualityShare = 0.25;
    private const double NegatedShare = 0.25;

    /// <summary>A new sentence.</summary>
    public Sentence Draw(SentenceKind kind) => Sound(() => kind switch
    {
        SentenceKind.Action => new Sentence(Plain(Things(clause: 0.4)), Doing(second: 0.25)),
        SentenceKind.Count => new Sentence(Counted(Things(clause: 0.2)), Doing(second: 0.2)),
        _ => new Sentence(Plain(Things(clause: 0)), new Relating(Pick(Lexicon.Relations), Chance(0.5), Object(Things(clause: 0)))),
    });

    /// <summary>The sentence after some changes, each to a word, a modifier, a quantifier, a negation, the voice or who does it to whom.</summary>
    public Sentence Change(Sentence sentence, int changes) => Sound(() =>
    {
        Sentence changed = sentence;
        for (int i = 0; i < changes; i++)
        {
            changed = Changed(changed);
        }

        return changed;
    });

    /// <summary>Draws until no two actions of the sentence are of one family: "all dogs that sprint run" says nothing.</summary>
    private static Sentence Sound(Func<Sentence> draw)
    {
        while (true)
        {
            Sentence sentence = draw();
            Word[] actions = [.. sentence.Subject.Things.That?.Actions ?? [], .. (sentence.Predicate as Doing)?.Actions ?? []];
            if (actions.DistinctBy(action => action.Family).Count() == actions.Length)
            {
                return sentence;
            }
        }
    }

    private Sentence Changed(Sentence sentence) => random.Next(4) switch
    {
        0 => sentence with { Subject = Requantified(sentence.Subject) },
        1 => sentence with { Subject = Changed(sentence.Subject) },
        _ => sentence.Predicate is Relating relating ? Changed(sentence.Subject, relating) : sentence with { Predicate = Changed((Doing)sentence.Predicate) },
    };

    private Sentence Changed(Phrase subject, Relating relating)
    {
        var swapped = new Sentence(
            subject with { Things = relating.Object.Things },
            relating with { Object = relating.Object with { Things = subject.Things } });
        return random.Next(6) switch
        {
            0 => new(subject, relating with { Relation = Pick(Lexicon.Relations) }),
            1 => new(subject, relating with { Object = Object(relating.Object.Things) }),
            2 or 3 => new(subject, relating with { Object = Changed(relating.Object) }),
            4 => swapped,
            _ => swapped with { Predicate = (Relating)swapped.Predicate with { Passive = !relating.Passive } },
        };
    }

    private Phrase Requantified(Phrase phrase) => (phrase.Counts, Chance(0.5)) switch
    {
        (true, true) => phrase with { Number = Math.Clamp(phrase.Number + (Chance(0.5) ? 1 : -1), Lexicon.LeastNumber, Lexicon.MostNumber) },
        (true, false) => phrase with { Quantifier = Pick(Counts) },
        _ => phrase with { Quantifier = Pick(Plains) },
    };

    private Phrase Changed(Phrase phrase)
    {
        Things things = phrase.Things;
        return phrase with
        {
            Things = random.Next(5) switch
            {
                0 => things with { Quality = things.Quality is null ? Pick(Lexicon.Qualities) : null },
                1 when things.That is not null => things with { That = Chance(0.5) ? null : Changed(things.That) },
                _ => things with { Noun = Near(things.Noun, Lexicon.Nouns) },
            },
        };
    }

    private Doing Changed(Doing doing) => (random.Next(4), doing.Actions.Length) switch
    {
        (0, 1) => doing with { Negated = !doing.Negated },
        (1, 2) => doing with { Actions = [Pick(doing.Actions)] },
        (1, 1) when !doing.Negated => doing with { Actions = [.. doing.Actions, Pick(Lexicon.Actions)] },
        (_, 1) => doing with { Actions = [Near(doing.Actions[0], Lexicon.Actions)] },
        _ => doing with { Actions = Chance(0.5) ? [Near(doing.Actions[0], Lexicon.Actions), doing.Actions[1]] : [doing.Actions[0], Near(doing.Actions[1], Lexicon.Actions)] },
    };

    /// <summary>A word above or below, or now and then any other.</summary>
    private Word Near(Word word, IReadOnlyList<Word> words)
    {
        Word[] near = [.. words.Where(other => other != word && (other.Is(word) || word.Is(other)))];
        return near.Length == 0 || Chance(0.25) ? Pick(words) : Pick(near);
    }

    private Things Things(double clause) =>
        new(Pick(Lexicon.Nouns), Chance(QualityShare) ? Pick(Lexicon.Qualities) : null, Chance(clause) ? Doing(second: 0) : null);

    private Doing Doing(double second) => Chance(second)
        ? new([Pick(Lexicon.Actions), Pick(Lexicon.Actions)])
        : new([Pick(Lexicon.Actions)], Chance(NegatedShare));

    private Phrase Plain(Things things) => new(Pick(Plains), 0, things);

    private Phrase Object(Things things) => new(Chance(0.5) ? Quantifier.All : Quantifier.Some, 0, things);

    private Phrase Counted(Things things) => new(Pick(Counts), random.Next(Lexicon.LeastNumber, Lexicon.MostNumber + 1), things);

    private bool Chance(double probability) => random.NextDouble() < probability;

    private T Pick<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];

    private static readonly ImmutableArray<Quantifier> Plains = [Quantifier.All, Quantifier.Some, Quantifier.No];
    private static readonly ImmutableArray<Quantifier> Counts = [Quantifier.MoreThan, Quantifier.FewerThan];
}
