using System.Globalization;
using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Profiles;

namespace Endpoints.LoadTest.Scenarios;

/// <summary>
/// One of several testers that put on a load together: each has its share of the users or the rate, sends between the others, and asks every so many-th pair.
/// Their results are merged into one.
/// </summary>
/// <param name="Index">Which, from 0.</param>
/// <param name="Count">Of how many.</param>
public sealed record Worker(int Index, int Count)
{
    /// <summary>The variable that tells the pods of an Indexed Job apart.</summary>
    public const string IndexVariable = "JOB_COMPLETION_INDEX";

    /// <summary>Start of the name of each worker's folder.</summary>
    internal const string FolderPrefix = "worker-";

    /// <summary>Later than this after the common start, the others' load has begun without this worker's.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private const int MaxCount = 10_000;

    /// <summary>Reads <c>2/4</c>, the third of four, or <c>/4</c>, whose number is in the environment.</summary>
    /// <param name="text">The text.</param>
    /// <param name="variable">The value of an environment variable; null where it is not set.</param>
    /// <exception cref="LoadTestException">The text is neither.</exception>
    public static Worker Parse(string text, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(variable);
        string[] parts = text.Split('/');
        string? index = parts[0].Length > 0 ? parts[0]
            : variable(IndexVariable) ?? throw new LoadTestException($"The worker '{text}' has its number in {IndexVariable}, which is not set: give it, such as 0{text}.");
        return parts.Length == 2 && Whole(parts[1]) is { } count and >= 1 and <= MaxCount && Whole(index) is { } number && number < count
            ? new Worker(number, count)
            : throw new LoadTestException($"'{text}' {(parts[0].Length == 0 ? $"with {IndexVariable}={index} " : "")}is not a worker: expected NUMBER/COUNT with numbers from 0, such as 0/4 to 3/4.");
    }

    /// <summary>This worker's share of a load test. It writes to a folder of its own within the test's.</summary>
    /// <exception cref="LoadTestException">The test cannot be shared.</exception>
    public PlannedLoadTest Share(PlannedLoadTest whole)
    {
        ArgumentNullException.ThrowIfNull(whole);
        LoadTestOptions options = whole.Options;
        Require(options.Find == Find.None, "A search tries what the stage before it found, which workers do not know of each other: leave find out.");
        Require(options.MaxWindows == LoadTestOptions.LeastWindows, "Each worker would lengthen its stages by itself: leave windows out.");
        Require(!options.AbortEarly, "Each worker would end by itself: leave the early abort out.");
        string folder = Path.Combine(whole.Folder, string.Create(CultureInfo.InvariantCulture, $"{FolderPrefix}{Index}"));
        return whole with
        {
            Folder = folder,
            Options = options with
            {
                Profile = new LoadProfile([.. options.Profile.Stages.Select(Share)]),
                MaxConnections = Math.Max(1, Part(options.MaxConnections)),
                Worker = this,
                Log = options.Log is { } log ? Path.ChangeExtension(log, string.Create(CultureInfo.InvariantCulture, $"{FolderPrefix}{Index}{Path.GetExtension(log)}")) : null,
            },
        };
    }

    /// <summary>Waits for the time at which all workers start.</summary>
    /// <param name="start">The time.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LoadTestException">It has passed.</exception>
    public static async Task WaitAsync(DateTimeOffset start, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(time);
        TimeSpan left = start - time.GetUtcNow();
        Require(left > -Grace, string.Create(CultureInfo.InvariantCulture, $"The start, {start.UtcDateTime:u}, passed {-left.TotalSeconds:0} s ago, so the workers would not put on their load together: give a later one."));
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private LoadStage Share(LoadStage stage)
    {
        Require(stage.IsOpen || stage.Users >= Count, $"A stage of {stage.Users} users cannot be shared by {Count} workers: give each at least one.");
        return stage.IsOpen ? LoadStage.Open(stage.Rate!.Value / Count, stage.Duration, stage.RateTo / Count) : stage with { Users = Part(stage.Users) };
    }

    /// <summary>This worker's part of a number; the parts of all add up to it.</summary>
    private int Part(int whole) => (whole / Count) + (Index < whole % Count ? 1 : 0);

    private static int? Whole(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;

    private static void Require(bool holds, string message)
    {
        if (!holds)
        {
            throw new LoadTestException(message);
        }
    }
}
