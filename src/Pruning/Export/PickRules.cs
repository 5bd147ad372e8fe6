using Endpoints.Pruning.Runs;

namespace Endpoints.Pruning.Export;

internal sealed class SmallestWithin(double share) : PickExpression
{
    internal override Trial ChooseFrom(FrontReport report)
    {
        double baseScore = 1 - ValueOf(report, BaseOf(report), "error");

        // The magnitude, because a correlation can be negative; the last bit is for what 1 - (1 - score) rounds off.
        double floor = baseScore - (share * Math.Abs(baseScore)) - 1e-12;
        return report.Front.Append(BaseOf(report))
            .Where(trial => 1 - ValueOf(report, trial, "error") >= floor)
            .OrderBy(trial => trial.Parameters).ThenBy(trial => ValueOf(report, trial, "error")).ThenBy(trial => trial.Id)
            .First();
    }
}

internal sealed class SmallestNotWorse(double level) : PickExpression
{
    internal override Trial ChooseFrom(FrontReport report) => report.Front.Append(BaseOf(report))
        .Where(trial => !report.IsWorse(trial, BaseOf(report), level))
        .OrderBy(trial => trial.Parameters).ThenBy(trial => ValueOf(report, trial, "error")).ThenBy(trial => trial.Id)
        .First();
}

internal sealed class FewerParameters(Limit limit) : PickExpression
{
    internal override Trial ChooseFrom(FrontReport report)
    {
        double most = limit.Of(() => BaseOf(report).Parameters);
        return report.Front
            .Where(trial => trial.Parameters < most)
            .OrderBy(trial => ValueOf(report, trial, "error")).ThenBy(trial => trial.Parameters).ThenBy(trial => trial.Id)
            .FirstOrDefault() ?? throw new InvalidOperationException(Text(
                $"No sub-network on the front has fewer than {most / 1e6:0.###}M parameters: the smallest has {report.Front.Min(trial => trial.Parameters) / 1e6:0.###}M."));
    }
}

internal sealed class LessLatency(Limit limit) : PickExpression
{
    internal override Trial ChooseFrom(FrontReport report)
    {
        string latency = report.Latency ?? "latency";
        double most = limit.Of(() => ValueOf(report, BaseOf(report), latency));
        return report.Front
            .Where(trial => ValueOf(report, trial, latency) < most)
            .OrderBy(trial => ValueOf(report, trial, "error")).ThenBy(trial => trial.Parameters).ThenBy(trial => trial.Id)
            .FirstOrDefault() ?? throw new InvalidOperationException(Text(
                $"No sub-network on the front takes less than {most:0.###} ms: the fastest takes {report.Front.Min(trial => ValueOf(report, trial, latency)):0.###} ms."));
    }
}

internal sealed class TrialById(int id) : PickExpression
{
    internal override Trial ChooseFrom(FrontReport report) => id < report.Trials.Count
        ? report.Trials[id]
        : throw new InvalidOperationException($"There is no trial {id}: the search has {report.Trials.Count} trials, from 0.");
}
