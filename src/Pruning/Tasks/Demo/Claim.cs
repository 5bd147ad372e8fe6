using System.Collections.Immutable;

namespace Endpoints.Pruning.Tasks.Demo;

/// <summary>What every sentence comes down to: a set has at least, or at most, so many members.</summary>
/// <param name="AtLeast">At least <paramref name="Bound"/> members; otherwise at most.</param>
/// <param name="Bound">One or more for "at least", zero or more for "at most".</param>
/// <param name="Set">The members satisfy every one of these conditions.</param>
/// <remarks>"All dogs run" is: at most 0 members of {dog, does not run}. "No", "some" and the comparatives read directly.</remarks>
internal sealed record Claim(bool AtLeast, int Bound, ImmutableArray<Condition> Set)
{
    /// <summary>True exactly when this claim is false.</summary>
    public Claim Negation => AtLeast ? new(false, Bound - 1, Set) : new(true, Bound + 1, Set);

    public static Claim Of(Sentence sentence) => Of(sentence.Subject, sentence.Predicate switch
    {
        Doing doing => Conditions(doing),
        Relating relating => [new Relates(relating.Relation, relating.Passive, Of(relating.Object, [Linked.Yes]))],
        _ => throw new ArgumentException($"A predicate of a kind that has no meaning yet: {sentence.Predicate}."),
    });

    private static Claim Of(Phrase phrase, ImmutableArray<Condition> said)
    {
        ImmutableArray<Condition> things = Conditions(phrase.Things);
        return phrase.Quantifier switch
        {
            Quantifier.All => new(false, 0, [.. things, Negate(said)]),
            Quantifier.No => new(false, 0, [.. things, .. said]),
            Quantifier.Some => new(true, 1, [.. things, .. said]),
            Quantifier.MoreThan => new(true, phrase.Number + 1, [.. things, .. said]),
            _ => new(false, phrase.Number - 1, [.. things, .. said]),
        };
    }

    private static ImmutableArray<Condition> Conditions(Things things)
    {
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        conditions.Add(new Has(things.Noun));
        if (things.Quality is { } quality)
        {
            conditions.Add(new Has(quality));
        }

        if (things.That is { } that)
        {
            conditions.AddRange(Conditions(that));
        }

        return conditions.ToImmutable();
    }

    private static ImmutableArray<Condition> Conditions(Doing doing) => doing.Negated
        ? [new LacksOneOf(doing.Actions)]
        : [.. doing.Actions.Select(action => new Has(action))];

    /// <summary>The one condition that holds where not all of <paramref name="said"/> do.</summary>
    private static Condition Negate(ImmutableArray<Condition> said) => said switch
    {
        [LacksOneOf { Words: [var only] }] => new Has(only),
        [Linked linked] => linked.Opposite,
        [Relates relates] => relates with { Object = relates.Object.Negation },
        _ => new LacksOneOf([.. said.Cast<Has>().Select(has => has.Word)]),
    };
}

/// <summary>A condition on one individual.</summary>
internal abstract record Condition
{
    /// <summary>True when whoever meets this condition meets <paramref name="other"/>.</summary>
    public abstract bool Implies(Condition other);
}

/// <summary>The word is true of the individual.</summary>
internal sealed record Has(Word Word) : Condition
{
    public override bool Implies(Condition other) => other is Has has && Word.Is(has.Word);
}

/// <summary>At least one of the words is not true of the individual.</summary>
internal sealed record LacksOneOf(ImmutableArray<Word> Words) : Condition
{
    public override bool Implies(Condition other) =>
        other is LacksOneOf lacks && Words.All(word => lacks.Words.Any(lacking => lacking.Is(word)));
}

/// <summary>A claim about those whom the individual relates to (or, passive, who relate to it); its set holds a <see cref="Linked"/>.</summary>
internal sealed record Relates(Word Relation, bool Passive, Claim Object) : Condition
{
    public override bool Implies(Condition other) =>
        other is Relates relates && Relation == relates.Relation && Passive == relates.Passive && Entailment.Weakens(Object, relates.Object);
}

/// <summary>Inside <see cref="Relates.Object"/>: the relation holds between the two individuals, or does not.</summary>
internal sealed record Linked(bool Holds) : Condition
{
    public static Linked Yes { get; } = new(true);

    public Linked Opposite => new(!Holds);

    public override bool Implies(Condition other) => other is Linked linked && Holds == linked.Holds;
}
