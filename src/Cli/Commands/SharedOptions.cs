using System.CommandLine;
using Endpoints.Bert;
using Endpoints.Compute;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Commands;

/// <summary>Options that several commands share.</summary>
internal static class SharedOptions
{
    public static Option<string> Task(bool required = true) => new("--task")
    {
        Description = $"Task: {string.Join(", ", TaskRegistry.Names)}, or table:FILE for a table of your own.",
        Required = required,
    };

    public static Option<string?> Data() => new("--data") { Description = "Folder of the task's files (for table:FILE by default that of the file)." };

    public static Option<string> Model(string description) => new("--model") { Description = description, Required = true };

    /// <summary>Of every command that prints a table.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Write one JSON document instead of words and tables; progress stays on standard error." };

    public static Option<int> Threads() => new("--threads") { Description = "Threads that share a batch; 0 takes every processor.", DefaultValueFactory = _ => 0 };

    /// <summary>What products run in; <paramref name="initial"/> where it is not given.</summary>
    public static Option<string> Precision(string description, string initial) =>
        new("--precision") { Description = $"{description} {PrecisionName.AllOrAuto} (bfloat16 where this processor is fast in it, else float32).", DefaultValueFactory = _ => initial };

    public static Option<int> Seed() => new("--seed") { Description = "Same seed, same result.", DefaultValueFactory = _ => 0 };

    public static Option<int> ScoredExamples() => new("--examples")
    {
        Description = "Training examples that importance and training scores are taken over, drawn at random; 0 takes all.",
        DefaultValueFactory = _ => 2048,
    };

    public static Option<int> MaxLength() => new("--max-length") { Description = "Longest input in tokens; longer texts are cut.", DefaultValueFactory = _ => 128 };

    /// <summary>An engine of one lane; 0 threads takes every processor.</summary>
    public static CpuEngine Engine(int threads) => threads >= 0
        ? new CpuEngine(threadsPerLane: threads)
        : throw new ArgumentOutOfRangeException(nameof(threads), $"--threads is {threads}: expected 0 or more.");
}
