using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>How many answers were right, of those that could be compared with a label.</summary>
/// <param name="Scored">Answers compared.</param>
/// <param name="Correct">Answers that agreed with the label.</param>
public sealed record AnswerAccuracy(long Scored, long Correct)
{
    /// <summary>Different pairs that were asked; null when that is not known. The same pair asked again tells nothing new of the model.</summary>
    public long? Pairs { get; init; }

    /// <summary>Share of correct answers, 0 to 1; null when none was compared.</summary>
    public double? Share => Scored == 0 ? null : (double)Correct / Scored;

    /// <summary>Its 95 % confidence interval (Wilson) over as many trials as there were different pairs; null when none was compared.</summary>
    public Interval? Interval => Share is not { } share ? null
        : Pairs is { } pairs && pairs < Scored ? Measuring.Interval.Wilson(share, pairs)
        : Measuring.Interval.Wilson(Correct, Scored);
}
