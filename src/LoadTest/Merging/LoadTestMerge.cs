using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Output;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Scenarios;

namespace Endpoints.LoadTest.Merging;

/// <summary>
/// Adds up the results of several testers that put load on the same targets at the same time, as if they were one: histograms and counts are added,
/// so that percentiles are those of all requests, never averages of percentiles.
/// </summary>
public static class LoadTestMerge
{
    /// <summary>Merges the results in folders and writes <c>result.json</c>, <c>stages.csv</c>, <c>junit.xml</c> and the report of all to another.</summary>
    /// <param name="folders">Output folders of the testers, at least two; or of a test that workers shared, for the folders of its workers.</param>
    /// <param name="outputFolder">Where files go.</param>
    /// <exception cref="LoadTestException">A folder holds no result, or results do not belong together.</exception>
    public static LoadTestResult Write(IReadOnlyList<string> folders, string outputFolder)
    {
        ArgumentNullException.ThrowIfNull(folders);
        LoadTestResult merged = Merge([.. folders.SelectMany(WorkersIn).Select(LoadTestResult.Read)]);
        var folder = new RunFolder(outputFolder);
        folder.Save(merged);
        folder.SaveReport(merged);
        return merged;
    }

    /// <summary>One result of several; where one ended early, of the stages that all ran.</summary>
    /// <exception cref="LoadTestException">There are fewer than two, or they differ in targets, stages or promise.</exception>
    public static LoadTestResult Merge(IReadOnlyList<LoadTestResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (results.Count < 2)
        {
            throw new LoadTestException($"There is {results.Count} result to merge: give the folders of two testers or more.");
        }

        results = WhatAllRan(results);
        Require(results, "targets", result => string.Join(", ", result.Targets.Select(target => $"{target.Name} ({target.Url})")));
        // Levels may differ, for each tester may carry its own part; how many stages there are and how long they last may not.
        Require(results, "stages", result => $"{string.Join('/', result.Targets.Select(target => target.Stages.Count))} stages of "
            + string.Join('/', result.Settings.Profile.Select(stage => Figures.Seconds(stage.Seconds) + (stage.Rate is null ? "" : " (open)"))));
        Require(results, "promise", result => string.Join(", ", result.Settings.Slo));
        LoadTestSettings settings = results[0].Settings with
        {
            Testers = results.Sum(result => result.Settings.Testers),
            Profile = [.. results[0].Settings.Profile.Select((stage, i) => stage with
            {
                Users = results.Sum(result => result.Settings.Profile[i].Users),
                Rate = stage.Rate is null ? null : results.Sum(result => result.Settings.Profile[i].Rate),
                RateTo = stage.RateTo is null ? null : results.Sum(result => result.Settings.Profile[i].RateTo),
            })],
        };
        TargetResult[] targets = [.. results[0].Targets.Select((_, i) => Target([.. results.Select(result => result.Targets[i])], settings))];
        return results[0] with
        {
            Started = results.Min(result => result.Started),
            Ended = results.Max(result => result.Ended),
            Complete = results.All(result => result.Complete),
            Aborted = results.Any(result => result.Aborted),
            Settings = settings,
            Targets = targets,
            Log = null,
            Checks = [.. targets.SelectMany(target => Check.All([.. settings.FailOn.Select(Condition.Parse)], target))],
        };
    }

    private static string[] WorkersIn(string folder) =>
        Directory.Exists(folder) && Directory.GetDirectories(folder, Worker.FolderPrefix + "*") is { Length: > 0 } workers ? [.. workers.Order(StringComparer.Ordinal)] : [folder];

    private static TargetResult Target(TargetResult[] parts, LoadTestSettings settings)
    {
        StageResult[] stages = [.. parts[0].Stages.Select((_, i) => StageMerge.Of([.. parts.Select(part => part.Stages[i])], settings))];
        Condition[] promise = [.. settings.Slo.Select(Condition.Parse)];
        return parts[0] with
        {
            Stages = stages,
            Whole = StageMerge.Sum([.. parts.Select(part => part.Whole)]),
            FirstAnswers = FirstOf([.. parts.Select(part => part.FirstAnswers)]),
            Abandoned = parts.Sum(part => part.Abandoned),
            Promise = promise.Length == 0 ? null : Promise.In(stages, stage => Promise.Breaks(promise, parts[0].Name, stage)),
        };
    }

    /// <summary>Each pair as the first of the testers that asked it had it answered; null when they asked other pairs.</summary>
    private static string? FirstOf(string?[] answers) => answers.All(each => each is not null && each.Length == answers[0]?.Length)
        ? string.Concat(Enumerable.Range(0, answers[0]!.Length).Select(i => answers.Select(each => each![i]).FirstOrDefault(letter => letter != '-', '-')))
        : null;

    /// <summary>A tester that died or was interrupted ran fewer stages than the others; what those ran alone after it was not the load that was asked for.</summary>
    private static IReadOnlyList<LoadTestResult> WhatAllRan(IReadOnlyList<LoadTestResult> results)
    {
        if (results.All(result => result.Complete))
        {
            return results;
        }

        int targets = results.Min(result => result.Targets.Count);
        int[] stages = [.. Enumerable.Range(0, targets).Select(i => results.Min(result => result.Targets[i].Stages.Count))];
        return [.. results.Select(result => result with
        {
            Targets = [.. result.Targets.Take(targets).Select((target, i) => target with { Stages = [.. target.Stages.Take(stages[i])] })],
        })];
    }

    private static void Require(IReadOnlyList<LoadTestResult> results, string what, Func<LoadTestResult, string> of)
    {
        if (results.FirstOrDefault(result => of(result) != of(results[0])) is { } other)
        {
            throw new LoadTestException($"The results differ in their {what}: {of(results[0])} and {of(other)}. Merge testers that ran the same scenario at the same time.");
        }
    }
}
