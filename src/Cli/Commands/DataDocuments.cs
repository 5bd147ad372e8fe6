using System.Text.Json.Serialization;
using Endpoints.Bert;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Cli.Commands;

/// <summary>A task in what <c>data --list --json</c> writes.</summary>
internal sealed record ListedTask(string Name, string Summary, ProblemType Problem, IReadOnlyList<string> Labels, string Metric, string Files, string Origin)
{
    public static ListedTask Of(TaskDefinition task) => new(task.Name, task.Summary, task.ProblemType, [.. task.LabelNames], task.MetricName, task.ExpectedFiles, task.Origin);
}

/// <summary>A part of a task's examples: how many have each label, or the range of their values.</summary>
internal sealed record CheckedPart(string Part, int Examples, IReadOnlyDictionary<string, int>? Labels, double? Least, double? Mean, double? Most);

/// <summary>What <c>data --check --json</c> writes.</summary>
internal sealed record CheckedTask(string Name, string Metric, int LeftOut, IReadOnlyList<CheckedPart> Parts)
{
    public static CheckedTask Of(TaskData data) => new(data.Definition.Name, data.Definition.MetricName, data.LeftOut, [.. PartsOf(data).Select(part => Count(data.Definition, part.Part, part.Examples))]);

    /// <summary>The parts by name.</summary>
    public static (string Part, IReadOnlyList<Example> Examples)[] PartsOf(TaskData data) => [("train", data.Train), ("validation", data.Validation), ("test", data.Test)];

    private static CheckedPart Count(TaskDefinition task, string part, IReadOnlyList<Example> examples) => task.ProblemType == ProblemType.Regression
        ? new CheckedPart(part, examples.Count, null, examples.Min(example => example.Value), examples.Average(example => example.Value), examples.Max(example => example.Value))
        : new CheckedPart(
            part, examples.Count, task.LabelNames.Select((name, label) => (name, examples.Count(example => example.Label == label))).ToDictionary(pair => pair.name, pair => pair.Item2), null, null, null);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ListedTask[]))]
[JsonSerializable(typeof(CheckedTask))]
internal sealed partial class DataJson : JsonSerializerContext;
