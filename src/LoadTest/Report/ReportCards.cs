using Endpoints.Charts.Pages;
using Endpoints.LoadTest.Results;

namespace Endpoints.LoadTest.Report;

/// <summary>A card of figures for each target.</summary>
internal static class ReportCards
{
    public static IReadOnlyList<FactCard> Of(LoadTestResult result)
    {
        double? common = CommonLoad.Of(result);
        return [.. result.Targets.Select((target, i) => Card(target, i, common, result))];
    }

    private static FactCard Card(TargetResult target, int index, double? common, LoadTestResult result)
    {
        ThrottlingOnset onset = target.Onset;
        var facts = new List<Fact> { new("Throttling starts at", onset.StartsAt is { } from ? ReportWords.Load(from, target.IsOpen) : "not reached") };
        if (CommonLoad.At(target, common) is { Outcomes.Ok.LatencyMs: { } ms } stage)
        {
            facts.Add(new Fact($"Median response time at {ReportWords.Load(stage)}", Figures.Latency(ms.P50)));
            facts.Add(new Fact("95th percentile there", Figures.Latency(ms.P95)));
        }

        if (target.Promise is { } promise)
        {
            facts.Add(new Fact($"Keeps {ReportWords.List(result.Settings.Slo)} up to", promise.Holds is { } kept ? ReportWords.Load(kept, target.IsOpen) : "–"));
        }

        if (Advice.PricePerMillion(target, result.Settings) is { } million)
        {
            facts.Add(new Fact("A million answers cost", Figures.Money(million)));
        }
        else if (Advice.MachineTimePerMillion(target) is { } machine)
        {
            facts.Add(new Fact("Machine time of a million answers", Figures.Long(machine)));
        }

        if (target.Stages.Count > 0)
        {
            facts.Add(new Fact("Most answers a second", Figures.Rate(target.Stages.Max(each => each.OkPerSecond))));
        }

        if (target.Accuracy.Share is { } accuracy)
        {
            facts.Add(new Fact("Accuracy under load", Figures.Accuracy(accuracy)));
        }

        if (target.Facts?.Parameters is { } parameters)
        {
            facts.Add(new Fact("Parameters", Figures.Parameters(parameters)));
        }

        if (result.Targets.Count > 1)
        {
            facts.Add(new Fact("Beaten by none (Pareto set)", Advice.IsOnFront(target, result) ? "yes" : "no"));
        }

        return new FactCard(target.Name, ReportWords.Load(onset.Holds ?? 0, target.IsOpen), Meaning(onset), facts) { Color = index };
    }

    private static string Meaning(ThrottlingOnset onset) => onset switch
    {
        { Holds: not null, FailsFirst: true } => "held; with more, requests failed",
        { Holds: not null, StartsAt: null } => "held, the most tested",
        { Holds: not null } => "held without throttling",
        { FailsFirst: true } => "held: requests failed from the first stage",
        { StartsAt: not null } => "held: throttled from the first stage",
        _ => "measured",
    };
}
