namespace Endpoints.LoadTest.Results;

/// <summary>A stage in which a target answered the same questions with another accuracy than at first.</summary>
/// <param name="Level">Load of the stage.</param>
/// <param name="ToWrong">Answers that were wrong where the first to the same question was right.</param>
/// <param name="ToRight">Answers that were right where the first was wrong.</param>
/// <param name="P">How likely that is by chance: exact sign test, corrected (Holm) for the number of stages.</param>
public sealed record AccuracyShift(double Level, long ToWrong, long ToRight, double P)
{
    /// <summary>The stages in which it is sure (95 %, over all stages together).</summary>
    internal static IReadOnlyList<AccuracyShift> In(IReadOnlyList<StageResult> stages)
    {
        StageResult[] compared = [.. stages.Where(stage => stage.Changes is not null)];
        double[] values = Significance.Holm([.. compared.Select(stage => Significance.Sign(stage.Changes!.ToWrong, stage.Changes.ToRight))]);
        return [.. compared.Zip(values)
            .Where(each => each.Second < Significance.Level)
            .Select(each => new AccuracyShift(each.First.Level, each.First.Changes!.ToWrong, each.First.Changes.ToRight, Math.Round(each.Second, 6)))];
    }
}
