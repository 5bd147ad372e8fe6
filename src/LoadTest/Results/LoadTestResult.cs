using System.Text.Json;
using Endpoints.LoadTest.Goals;
using Endpoints.LoadTest.Output;

namespace Endpoints.LoadTest.Results;

/// <summary>Everything a load test found; <c>result.json</c> holds it.</summary>
public sealed record LoadTestResult
{
    /// <summary>Name of the file that holds a result within its folder.</summary>
    public const string FileName = "result.json";

    /// <summary>Version of the file's form.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>When the test started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset Ended { get; init; }

    /// <summary>Did it run to its end? False when it was interrupted, or is still running.</summary>
    public required bool Complete { get; init; }

    /// <summary>The machine that ran the virtual users.</summary>
    public required MachineFacts Machine { get; init; }

    /// <summary>Version of the tester, with the commit it was built from where that is known.</summary>
    public string Tester { get; init; } = "";

    /// <summary>How the run was set up.</summary>
    public required LoadTestSettings Settings { get; init; }

    /// <summary>The targets, in the order they were tested.</summary>
    public required IReadOnlyList<TargetResult> Targets { get; init; }

    /// <summary>The conditions under which the run fails, for each stage that they concern.</summary>
    public IReadOnlyList<Check> Checks { get; init; } = [];

    /// <summary>Each target but the first beside the first, with the significance of their differences.</summary>
    public IReadOnlyList<TargetComparison> Comparisons => TargetComparison.Of(Targets);

    /// <summary>How much of the run its request log holds; null when none was asked for.</summary>
    public RequestLogFigures? Log { get; init; }

    /// <summary>Was it ended early because a check failed?</summary>
    public bool Aborted { get; init; }

    /// <summary>Was the tester the bottleneck in a stage?</summary>
    public bool Invalid => Targets.Any(target => target.Stages.Any(stage => stage.Invalid is not null));

    /// <summary>Reads the result that a load test left in a folder.</summary>
    /// <exception cref="LoadTestException">There is none, or it cannot be read.</exception>
    public static LoadTestResult Read(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string path = Path.Combine(folder, FileName);
        try
        {
            LoadTestResult? result = JsonSerializer.Deserialize(File.ReadAllBytes(path), LoadTestJson.Default.LoadTestResult);
            return result is { FormatVersion: 1 }
                ? result
                : throw new LoadTestException($"{path} is of form {result?.FormatVersion}: expected 1. It was written by another version; run the load test again.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new LoadTestException($"{folder} holds no {FileName}: give the output folder of a load test.", exception);
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new LoadTestException($"{path} cannot be read as the result of a load test: {exception.Message}", exception);
        }
    }

    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, LoadTestJson.Default.LoadTestResult);
}
