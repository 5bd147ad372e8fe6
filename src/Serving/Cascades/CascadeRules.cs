using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;

namespace Endpoints.Serving.Cascades;

/// <summary>What two networks must have in common to be one endpoint.</summary>
internal static class CascadeRules
{
    /// <summary>A text of several scripts and marks: tokenizers that differ make different tokens of it.</summary>
    private const string Probe = "The quick brown Fox, naïve & 42 years old, didn't jump over \"the\" lazy dogs; Ünïcode 東京 running-unbelievably.";

    /// <exception cref="FormatException">They do not fit; it says why.</exception>
    public static void Require(EndpointDefinition endpoint, CascadeDefinition cascade)
    {
        (Checkpoint small, Checkpoint large) = (cascade.Checkpoint, endpoint.Checkpoint);
        if (small.Config.ProblemType != ProblemType.SingleLabelClassification || large.Config.ProblemType != ProblemType.SingleLabelClassification)
        {
            throw new FormatException($"{endpoint.Name}: a cascade asks how sure a classifier is of its label, so both networks must classify; serve regressions each on its own.");
        }

        if (!small.Config.Labels.SequenceEqual(large.Config.Labels))
        {
            throw new FormatException(
                $"{endpoint.Name}: expected two networks of the same labels in the same order, found {string.Join(", ", small.Config.Labels)} "
                + $"and {string.Join(", ", large.Config.Labels)}.");
        }

        if (!ReferenceEquals(small.Tokenizer, large.Tokenizer) && !ReadsAlike(small, large))
        {
            throw new FormatException($"{endpoint.Name}: expected two networks of the same vocabulary, and they make different tokens of one text.");
        }

        if (cascade.Threshold is not (>= 0 and <= 1))
        {
            throw new FormatException(FormattableString.Invariant($"{endpoint.Name}: a cascade's threshold is a margin from 0 to 1, found {cascade.Threshold}."));
        }
    }

    private static bool ReadsAlike(Checkpoint small, Checkpoint large) =>
        small.Tokenizer.VocabularySize == large.Tokenizer.VocabularySize
        && small.Tokenizer.Encode(Probe, Probe) is var one && large.Tokenizer.Encode(Probe, Probe) is var other
        && one.Ids.AsSpan().SequenceEqual(other.Ids) && one.TypeIds.AsSpan().SequenceEqual(other.TypeIds);
}
