using Endpoints.LoadTest.Output;
using Endpoints.LoadTest.Progress;
using Endpoints.LoadTest.Results;
using Endpoints.LoadTest.Users;

namespace Endpoints.LoadTest;

/// <summary>Runs load tests.</summary>
public static class LoadTester
{
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// For a process that does nothing but load-test: answers are handled on the threads that notice them instead of being handed to the thread pool,
    /// which takes about a third of a request's processor time and delays the end of its measured time. Works only before the first connection.
    /// </summary>
    public static void TakeProcess()
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
        {
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        }
    }

    /// <summary>
    /// Puts each target in turn through all stages of the profile and writes what it finds to a folder: Locust's four CSV files for each target,
    /// <c>stages.csv</c>, <c>result.json</c> and <c>report.html</c>.
    /// </summary>
    /// <param name="options">How to run it.</param>
    /// <param name="targets">The targets, each with a name of its own.</param>
    /// <param name="pairs">What to ask; labels, where there are any, score the answers.</param>
    /// <param name="outputFolder">Where files go; made if it is missing. Files of an earlier run are replaced.</param>
    /// <param name="progress">Is told how it goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">
    /// Interrupts the run. Once stages run, that is no error: requests under way are given up, all files are written, and the result says that it is not complete.
    /// </param>
    /// <exception cref="LoadTestException">There is nothing to test with, or a target does not work; the message says what to do.</exception>
    public static async Task<LoadTestResult> RunAsync(
        LoadTestOptions options, IReadOnlyList<LoadTarget> targets, IReadOnlyList<LoadPair> pairs, string outputFolder, ILoadTestProgress progress,
        TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(progress);
        ArgumentNullException.ThrowIfNull(time);
        options.Validate();
        Validate(targets, pairs);
        foreach (LoadTarget target in targets)
        {
            await TargetProbe.CheckAsync(target, Question.From(pairs[0], target.Form), options, time, cancellationToken).ConfigureAwait(false);
        }

        var run = new LoadTestRun(options, targets, pairs, new RunFolder(outputFolder), progress, time);
        return await run.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    internal static void Validate(IReadOnlyList<LoadTarget> targets, IReadOnlyList<LoadPair> pairs)
    {
        if (targets.Count == 0)
        {
            throw new LoadTestException("There is no target to test: give at least one URL.");
        }

        if (pairs.Count == 0)
        {
            throw new LoadTestException("There are no pairs to send: give at least one pair of texts.");
        }

        if (targets.GroupBy(target => RunFolder.FileNameOf(target.Name), StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw new LoadTestException(
                $"The targets {string.Join(" and ", same.Select(target => $"{target.Name} ({target.Url})"))} would share their files: give each a name of its own, NAME=URL.");
        }
    }
}
