using Endpoints.Pruning.Tasks.Demo;

namespace Endpoints.Tests.Pruning.Tasks.Demo;

/// <summary>
/// A random world of a few individuals, and a reader of English that says whether a sentence is true in it. It shares nothing with the generator's
/// calculus but the word lists: it parses the text and counts individuals.
/// </summary>
internal sealed class SmallWorld
{
    private static readonly double[] Densities = [0.1, 0.5, 0.9];
    private static readonly Dictionary<string, Word> Participles = Lexicon.Relations.ToDictionary(Lexicon.Participle);

    private readonly int _everyone;
    private readonly Dictionary<string, int> _members = [];
    private readonly Dictionary<string, int[]> _related = [];

    /// <summary>Sets are bit masks over individuals. Only words that the sentences may look at are decided.</summary>
    public SmallWorld(Random random, IReadOnlyList<Word> nouns, IReadOnlyList<Word> others, IReadOnlyList<Word> relations)
    {
        int count = random.Next(1, 13);
        _everyone = (1 << count) - 1;
        foreach (Word word in nouns.Concat(others))
        {
            _members[word.Text] = 0;
        }

        for (int i = 0; i < count; i++)
        {
            // An individual is of one kind or of none; a dog that is neither a poodle nor a beagle is possible.
            if (random.Next(6) > 0)
            {
                Add(nouns[random.Next(nouns.Count)], i);
            }
        }

        foreach (Word word in others)
        {
            double density = Densities[random.Next(Densities.Length)];
            for (int i = 0; i < count; i++)
            {
                if (random.NextDouble() < density)
                {
                    Add(word, i);
                }
            }
        }

        foreach (Word relation in relations)
        {
            double density = Densities[random.Next(Densities.Length)];
            int[] rows = new int[count];
            for (int i = 0; i < count * count; i++)
            {
                rows[i / count] |= random.NextDouble() < density ? 1 << (i % count) : 0;
            }

            _related[relation.Text] = rows;
        }
    }

    /// <summary>True when what the sentence says is so.</summary>
    public bool Satisfies(string sentence)
    {
        var words = new Queue<string>(sentence.Split(' '));
        Func<int, bool> quantifier = ReadQuantifier(words, out bool all);
        int things = ReadThings(words);
        int said = ReadPredicate(words);
        Assert.Empty(words);
        return quantifier(things & (all ? ~said : said));
    }

    private void Add(Word word, int individual)
    {
        for (Word? general = word; general is not null; general = general.General)
        {
            _members[general.Text] = _members.GetValueOrDefault(general.Text) | (1 << individual);
        }
    }

    /// <summary>A test of the set that is counted: of those that do not, for "all".</summary>
    private static Func<int, bool> ReadQuantifier(Queue<string> words, out bool all)
    {
        string first = words.Dequeue();
        all = first == "all";
        string name = first is "at" or "more" or "fewer" ? $"{first} {words.Dequeue()}" : first;
        int number = name.Contains(' ') ? Array.IndexOf(["zero", "one", "two", "three", "four", "five"], words.Dequeue()) : 0;
        return name switch
        {
            "all" or "no" => set => set == 0,
            "some" or "any" => set => set != 0,
            "more than" => set => int.PopCount(set) > number,
            "fewer than" => set => int.PopCount(set) < number,
            _ => throw new InvalidOperationException($"No quantifier: {name}"),
        };
    }

    private int ReadThings(Queue<string> words)
    {
        int things = _members[words.Dequeue()];
        if (words.Count > 0 && Lexicon.Nouns.Any(noun => noun.Text == words.Peek()))
        {
            things &= _members[words.Dequeue()];
        }

        if (words.TryPeek(out string? next) && next == "that")
        {
            words.Dequeue();
            things &= ReadDoing(words);
        }

        return things;
    }

    private int ReadPredicate(Queue<string> words)
    {
        bool passive = words.Peek() == "are";
        if (!passive && !_related.ContainsKey(words.Peek()))
        {
            return ReadDoing(words);
        }

        string verb = words.Dequeue();
        if (passive)
        {
            verb = Participles[words.Dequeue()].Text;
            Assert.Equal("by", words.Dequeue());
        }

        Func<int, bool> quantifier = ReadQuantifier(words, out bool all);
        int things = ReadThings(words);
        int[] rows = _related[verb];
        int said = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            int related = passive ? Column(rows, i) : rows[i];
            said |= quantifier(things & (all ? ~related : related)) ? 1 << i : 0;
        }

        return said;
    }

    private int ReadDoing(Queue<string> words)
    {
        bool negated = words.Peek() == "do";
        if (negated)
        {
            words.Dequeue();
            Assert.Equal("not", words.Dequeue());
        }

        int doing = _members[words.Dequeue()];
        while (words.TryPeek(out string? next) && next == "and")
        {
            words.Dequeue();
            doing &= _members[words.Dequeue()];
        }

        return negated ? _everyone & ~doing : doing;
    }

    private static int Column(int[] rows, int column)
    {
        int set = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            set |= ((rows[i] >> column) & 1) << i;
        }

        return set;
    }
}
