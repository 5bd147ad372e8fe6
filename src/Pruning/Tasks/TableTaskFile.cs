using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Endpoints.Bert;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Tasks;

/// <summary>The JSON of a task file, for tables of one's own.</summary>
/// <remarks>
/// Optional members are set, not init: generated JSON code would give an absent init-only member its type's default instead of the one written here.
/// A multiple choice names the columns of its choices; its labels are then 0, 1, 2.. by default.
/// The smallest one: <c>{"name": "mine", "train": "train.csv", "test": "test.csv", "text": "review", "label": "stars", "labels": ["bad", "good"]}</c>.
/// </remarks>
internal sealed record TableTaskFile
{
    public required string Name { get; init; }

    public required string Train { get; init; }

    public string? Validation { get; set; }

    public required string Test { get; init; }

    public required string Text { get; init; }

    public string? Pair { get; set; }

    public string[] Choices { get; set; } = [];

    public string? Stem { get; set; }

    public required string Label { get; init; }

    public string[] Labels { get; set; } = [];

    public string[]? LabelNames { get; set; }

    public string[] Header { get; set; } = [];

    public string? Metric { get; set; }

    public int ValidationLimit { get; set; } = 2048;

    /// <exception cref="TaskException">The file is missing or says something that makes no task.</exception>
    public static TaskDefinition Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, TaskJson.Default.TableTaskFile)?.ToDefinition(path)
                ?? throw new TaskException($"{path}: expected a JSON object that describes a task, found null.");
        }
        catch (JsonException wrong)
        {
            throw new TaskException($"{path} is no task file: {wrong.Message}", wrong);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new TaskException($"The task file {path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    internal TaskDefinition ToDefinition(string path)
    {
        Expect(path, Choices.Length != 1 && Choices.Distinct().Count() == Choices.Length,
            "\"choices\" to be two or more different columns, or left out", string.Join(", ", Choices));
        Expect(path, Choices.Length == 0 ? Stem is null : Pair is null,
            "\"choices\" with a \"stem\" or without, or else a \"pair\"", Choices.Length == 0 ? "a \"stem\" alone" : "\"choices\" and a \"pair\"");
        string[] labels = Choices.Length > 0 && Labels.Length == 0 ? [.. Choices.Select((_, i) => i.ToString(CultureInfo.InvariantCulture))] : Labels;
        Expect(path, labels.Length != 1 && labels.Distinct().Count() == labels.Length,
            "\"labels\" to be two or more different ones, or left out for a regression", string.Join(", ", labels));
        Expect(path, Choices.Length == 0 || labels.Length == Choices.Length, $"\"labels\" to be one for each of {Choices.Length} choices", $"{labels.Length}");
        Expect(path, LabelNames is null || LabelNames.Length == labels.Length,
            $"\"labelNames\" to name each of {labels.Length} labels", $"{LabelNames?.Length} names");
        Expect(path, ValidationLimit >= 1, "\"validationLimit\" to be at least 1", $"{ValidationLimit}");
        var definition = new TaskDefinition
        {
            Name = Name,
            Files = new(Train, Validation, Test),
            Columns = new(Text, Pair, Label) { Choices = [.. Choices], Stem = Stem },
            Labels = [.. labels],
            Header = [.. Header],
            Metric = MetricCatalog.Find(Metric ?? (labels.Length == 0 ? "pearson" : "accuracy")),
            ValidationLimit = ValidationLimit,
        };
        Expect(path, definition.Metric.IsOfValues == (definition.ProblemType == ProblemType.Regression),
            $"a metric for {Describe(labels.Length == 0)}", $"{definition.MetricName}, which is for {Describe(definition.Metric.IsOfValues)}");
        Expect(path, !definition.Metric.IsOfTwoLabels || (labels.Length == 2 && Choices.Length == 0),
            $"two labels for {definition.MetricName}, the second of which is the positive one", $"{labels.Length}{(Choices.Length > 0 ? " choices" : "")}");
        return LabelNames is null ? definition : definition with { LabelNames = [.. LabelNames] };
    }

    private static void Expect(string path, bool holds, string expected, string found)
    {
        if (!holds)
        {
            throw new TaskException($"{path}: expected {expected}, found {(found.Length == 0 ? "nothing" : found)}.");
        }
    }

    private static string Describe(bool isOfValues) => isOfValues ? "regression" : "classification";
}

/// <summary>JSON of task files: lower camel case, comments allowed, unknown members refused so that a misspelt one is noticed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(TableTaskFile))]
internal sealed partial class TaskJson : JsonSerializerContext;
