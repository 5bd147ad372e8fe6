using System.Collections.Immutable;

namespace Endpoints.Pruning.Tasks.Demo;

/// <summary>How many: the truth conditions are those of logic, so "all" and "no" hold where there is nothing to speak of, and "some" means at least one.</summary>
internal enum Quantifier
{
    All,
    Some,
    No,
    MoreThan,
    FewerThan,
}

/// <summary>What is spoken of: <c>brown dogs that do not run</c>.</summary>
internal sealed record Things(Word Noun, Word? Quality = null, Doing? That = null);

/// <summary>Quantified things: <c>more than three big dogs</c>. <paramref name="Number"/> counts only for the comparatives.</summary>
internal sealed record Phrase(Quantifier Quantifier, int Number, Things Things)
{
    /// <summary>True for the comparatives, which name a number.</summary>
    public bool Counts => Quantifier >= Quantifier.MoreThan;
}

/// <summary>What is said of things.</summary>
internal abstract record Predicate;

/// <summary>One action or two: <c>run</c>, <c>do not run</c>, <c>run and shout</c>.</summary>
internal sealed record Doing(ImmutableArray<Word> Actions, bool Negated = false) : Predicate
{
    public bool Equals(Doing? other) => other is not null && Negated == other.Negated && Actions.SequenceEqual(other.Actions);

    public override int GetHashCode() => HashCode.Combine(Actions.Length, Actions[0], Negated);
}

/// <summary>A verb with an object: <c>follow some cats</c>, <c>are followed by all cats</c>.</summary>
internal sealed record Relating(Word Relation, bool Passive, Phrase Object) : Predicate;

/// <summary>A whole sentence: <c>no brown dogs follow any cats</c>.</summary>
internal sealed record Sentence(Phrase Subject, Predicate Predicate)
{
    public override string ToString() => SentenceText.Write(this);
}
