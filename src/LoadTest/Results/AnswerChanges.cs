using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>Answers of a stage beside the first answer of the same target to the same question: whatever the load, they should be the same.</summary>
/// <param name="Compared">Answers compared.</param>
/// <param name="Changed">Those that say something else.</param>
/// <param name="ToWrong">Those among them that are wrong where the first was right.</param>
/// <param name="ToRight">Those among them that are right where the first was wrong.</param>
public sealed record AnswerChanges(long Compared, long Changed, long ToWrong, long ToRight)
{
    /// <summary>Share that changed, 0 to 1.</summary>
    public double Share => Compared == 0 ? 0 : (double)Changed / Compared;

    internal static AnswerChanges? From(Recorder counts)
    {
        long toWrong = counts.Changes(AnswerChange.ToWrong), toRight = counts.Changes(AnswerChange.ToRight);
        long changed = counts.Changes(AnswerChange.Other) + toWrong + toRight;
        long compared = counts.Changes(AnswerChange.Same) + changed;
        return compared == 0 ? null : new AnswerChanges(compared, changed, toWrong, toRight);
    }

    internal static AnswerChanges? Sum(IEnumerable<AnswerChanges?> parts)
    {
        AnswerChanges[] all = [.. parts.OfType<AnswerChanges>()];
        return all.Length == 0 ? null : new AnswerChanges(
            all.Sum(part => part.Compared), all.Sum(part => part.Changed), all.Sum(part => part.ToWrong), all.Sum(part => part.ToRight));
    }
}
