using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>The figures of one target.</summary>
public sealed record TargetResult
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where requests were posted.</summary>
    public required string Url { get; init; }

    /// <summary>What the server says about the endpoint; null when it says nothing.</summary>
    public EndpointFacts? Facts { get; init; }

    /// <summary>The stages that were run, in order.</summary>
    public required IReadOnlyList<StageResult> Stages { get; init; }

    /// <summary>All requests of the whole test, warm-ups included, by outcome.</summary>
    public required OutcomeFigures Whole { get; init; }

    /// <summary>Requests whose answer was not waited for because the run was interrupted; they are in no other figure.</summary>
    public long Abandoned { get; init; }

    /// <summary>The same stages from little load to much.</summary>
    internal IReadOnlyList<StageResult> StagesByLoad => [.. Stages.OrderBy(stage => stage.Level)];

    /// <summary>Was it tested in an open loop?</summary>
    internal bool IsOpen => Stages.Any(stage => stage.Rate is not null);

    /// <summary>Accuracy over all measured parts.</summary>
    public AnswerAccuracy Accuracy => new(Stages.Sum(stage => stage.Accuracy.Scored), Stages.Sum(stage => stage.Accuracy.Correct)) { Pairs = Stages.Max(stage => stage.Accuracy.Pairs) };

    /// <summary>How each pair was answered first, a letter a pair in the order of the pairs file: 1 right, 0 wrong, - not answered or not known. Null in the result of testers that asked other pairs.</summary>
    public string? FirstAnswers { get; init; }

    /// <summary>Stages in which the same questions were answered with another accuracy than at first; accuracy should not hang on the load.</summary>
    public IReadOnlyList<AccuracyShift> AccuracyShifts => AccuracyShift.In(Stages);

    /// <summary>Where throttling starts.</summary>
    public ThrottlingOnset Onset => ThrottlingOnset.In(Stages);

    /// <summary>The most load at which the promise was kept; null when none was asked for.</summary>
    public Promise? Promise { get; init; }

    /// <summary>
    /// The knee: the least load at which it answers 95 % of the most requests a second that it ever did; more load adds waiting, not answers.
    /// Null when nothing was answered.
    /// </summary>
    public double? Knee
    {
        get
        {
            double most = Stages.Select(stage => stage.OkPerSecond).DefaultIfEmpty(0).Max();
            return most > 0 ? Stages.Where(stage => stage.OkPerSecond >= 0.95 * most).Min(stage => stage.Level) : null;
        }
    }

    /// <summary>Measured requests with an outcome, over all stages.</summary>
    internal long Measured(Outcome outcome) => Stages.Sum(stage => stage.Outcomes[outcome].Count);
}
