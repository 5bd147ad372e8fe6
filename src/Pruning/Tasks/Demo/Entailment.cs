using System.Collections.Immutable;

namespace Endpoints.Pruning.Tasks.Demo;

/// <summary>Decides whether one sentence of the demo entails another: whether it is true in every world where the first is.</summary>
/// <remarks>
/// Every sentence is a <see cref="Claim"/>, and a claim can only be weakened: "at least" by a lower bound or a wider set, "at most" by a
/// higher bound or a narrower set. A claim with an object also entails what exchanging the two things says. The tests hold both the
/// yes and the no of this calculus against small random worlds.
/// </remarks>
internal static class Entailment
{
    public static bool Holds(Sentence premise, Sentence hypothesis) => Holds(Claim.Of(premise), Claim.Of(hypothesis));

    /// <summary>True when <paramref name="premise"/> entails <paramref name="hypothesis"/>.</summary>
    public static bool Holds(Claim premise, Claim hypothesis) =>
        Weakens(premise, hypothesis) || (Exchange(premise) is { } exchanged && Weakens(exchanged, hypothesis));

    /// <summary>True when <paramref name="hypothesis"/> follows from <paramref name="premise"/> by bound and set alone.</summary>
    public static bool Weakens(Claim premise, Claim hypothesis) => premise.AtLeast == hypothesis.AtLeast && (premise.AtLeast
        ? premise.Bound >= hypothesis.Bound && IsWithin(premise.Set, hypothesis.Set)
        : premise.Bound <= hypothesis.Bound && IsWithin(hypothesis.Set, premise.Set));

    private static bool IsWithin(ImmutableArray<Condition> narrow, ImmutableArray<Condition> wide) =>
        wide.All(condition => narrow.Any(given => given.Implies(condition)));

    /// <summary>The strongest claim about the object's things that follows; null where there is none.</summary>
    /// <remarks>
    /// For "some" and "no" both ways round: some S relate to some T, so some T are related to by some S; no S relate to any T, so no T…
    /// From "some S relate to all T" follows "all T are related to by some S", and not the reverse.
    /// </remarks>
    private static Claim? Exchange(Claim claim)
    {
        if (claim.Set.OfType<Relates>().FirstOrDefault() is not { } relates || claim.Bound != (claim.AtLeast ? 1 : 0))
        {
            return null;
        }

        Claim inner = relates.Object;
        Linked linked = inner.Set.OfType<Linked>().Single();
        ImmutableArray<Condition> subject = claim.Set.Remove(relates);
        ImmutableArray<Condition> theObject = inner.Set.Remove(linked);
        Relates Back(bool atLeast, Linked link) =>
            new(relates.Relation, !relates.Passive, new Claim(atLeast, atLeast ? 1 : 0, [.. subject, link]));

        return (claim.AtLeast, inner.AtLeast, inner.Bound) switch
        {
            (_, true, 1) => claim with { Set = [.. theObject, Back(atLeast: true, linked)] },
            (true, false, 0) => new Claim(false, 0, [.. theObject, Back(atLeast: false, linked.Opposite)]),
            _ => null,
        };
    }
}
