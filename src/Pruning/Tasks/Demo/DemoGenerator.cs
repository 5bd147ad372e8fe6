namespace Endpoints.Pruning.Tasks.Demo;

/// <summary>Draws labelled pairs in groups of four that leave no clue in either sentence alone.</summary>
/// <remarks>
/// A group crosses two premises with two hypotheses, and only the diagonal entails: p1 ⊨ h1, p2 ⊨ h2, p1 ⊭ h2, p2 ⊭ h1. So every sentence occurs once
/// with each label, and what looks at the hypothesis alone, or at the premise alone, is right exactly half of the time. No sentence occurs in two groups.
/// </remarks>
internal sealed class DemoGenerator
{
    /// <summary>Share of groups whose premises are unrelated. They are easy, and what a network learns first from.</summary>
    private const double UnrelatedShare = 0.62;

    /// <summary>Share of groups whose premises are alike, but that counting common words may tell.</summary>
    private const double TellingShare = 0.33;

    /// <summary>Share of groups about what things do; the rest is about how many do it and about who does it to whom.</summary>
    private const double ActionShare = 0.8;
    private const double CountShare = 0.1;

    private const int MostChanges = 3;
    private const int Tries = 30;

    private readonly Random _random;
    private readonly Grammar _grammar;
    private readonly HashSet<string> _used = [];

    public DemoGenerator(int seed)
    {
        _random = new Random(seed);
        _grammar = new Grammar(_random);
    }

    /// <summary>The next pairs, in random order.</summary>
    /// <param name="count">A multiple of 4.</param>
    public IReadOnlyList<DemoPair> Draw(int count)
    {
        var pairs = new List<DemoPair>(count);
        while (pairs.Count < count)
        {
            double kind = _random.NextDouble();
            double likeness = _random.NextDouble();
            pairs.AddRange(DrawGroup(
                kind < ActionShare ? SentenceKind.Action : kind < ActionShare + CountShare ? SentenceKind.Count : SentenceKind.Relation,
                unrelated: likeness < UnrelatedShare,
                telling: likeness < UnrelatedShare + TellingShare));
        }

        DemoPair[] shuffled = [.. pairs];
        _random.Shuffle(shuffled);
        return shuffled;
    }

    private DemoPair[] DrawGroup(SentenceKind kind, bool unrelated, bool telling)
    {
        while (true)
        {
            Sentence p1 = _grammar.Draw(kind);
            Sentence p2 = unrelated ? _grammar.Draw(kind) : _grammar.Change(p1, _random.Next(1, MostChanges + 1));
            if (Consequence(p1) is not { } h1 || Consequence(p2) is not { } h2 || Entailment.Holds(p1, h2) || Entailment.Holds(p2, h1))
            {
                continue;
            }

            string[] texts = [.. new[] { p1, p2, h1, h2 }.Select(sentence => sentence.ToString())];
            double same = CommonWords(p1, h1) + CommonWords(p2, h2);
            double crossed = CommonWords(p1, h2) + CommonWords(p2, h1);
            if ((telling || same <= crossed) && texts.Distinct().Count() == texts.Length && !texts.Any(_used.Contains))
            {
                _used.UnionWith(texts);
                return [new(p1, h1, true), new(p2, h2, true), new(p1, h2, false), new(p2, h1, false)];
            }
        }
    }

    /// <summary>A sentence a few changes away that follows from this one; null where none was found.</summary>
    private Sentence? Consequence(Sentence premise)
    {
        for (int i = 0; i < Tries; i++)
        {
            Sentence changed = _grammar.Change(premise, _random.Next(1, MostChanges + 1));
            if (changed.ToString() != premise.ToString() && Entailment.Holds(premise, changed))
            {
                return changed;
            }
        }

        return null;
    }

    /// <summary>Share of the two sentences' words that they have in common.</summary>
    private static double CommonWords(Sentence one, Sentence other)
    {
        string[] words = one.ToString().Split(' ');
        string[] others = other.ToString().Split(' ');
        return (double)words.Intersect(others).Count() / words.Union(others).Count();
    }
}
