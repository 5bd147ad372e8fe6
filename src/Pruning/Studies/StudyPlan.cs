using System.Text.Json;
using System.Text.Json.Serialization;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Studies;

/// <summary>A task of a study.</summary>
public sealed record StudyTask
{
    /// <value>What folders and figures call it: letters, digits and hyphens.</value>
    public required string Name { get; init; }

    /// <value>The task, as <c>--task</c> takes it. Default: its name.</value>
    public string? Task { get; set; }

    /// <value>Folder of its files, relative to the plan; null where the task needs none.</value>
    public string? Data { get; set; }

    /// <value>
    /// Folder of a vocabulary for random weights in place of the model's, relative to the plan: cut to what the task needs, the embeddings of a small network do not outweigh the rest.
    /// </value>
    public string? Vocabulary { get; set; }
}

/// <summary>Where a study's super-networks start from: a pretrained checkpoint, or random weights of a shape.</summary>
public sealed record StudyModel
{
    /// <value>What folders and figures call it: letters, digits and hyphens.</value>
    public required string Name { get; init; }

    /// <value>Folder of a pretrained checkpoint, relative to the plan; null for random weights.</value>
    public string? Checkpoint { get; set; }

    /// <value>Folder of the vocabulary for random weights, relative to the plan.</value>
    public string? Vocabulary { get; set; }

    /// <value>Encoder layers of random weights.</value>
    public int Layers { get; set; }

    /// <value>Width of random weights.</value>
    public int Hidden { get; set; }

    /// <value>Heads a layer of random weights.</value>
    public int Heads { get; set; }

    /// <value>Intermediate units a layer of random weights.</value>
    public int Units { get; set; }

    /// <value>Standard deviation of random weights. Default 0.02.</value>
    public float Deviation { get; set; } = 0.02f;
}

/// <summary>How a study's super-networks are fine-tuned.</summary>
public sealed record StudyTraining
{
    /// <value>Passes over the examples. Default 5.</value>
    public int Epochs { get; set; } = 5;

    /// <value>Examples in an update step. Default 8.</value>
    public int Batch { get; set; } = 8;

    /// <value>Highest learning rate. Default 2e-5.</value>
    public float LearningRate { get; set; } = 2e-5f;

    /// <value>Share of the steps over which the learning rate rises. Default 0.</value>
    public double WarmUp { get; set; }

    /// <value>Longest input in tokens. Default 128.</value>
    public int MaxLength { get; set; } = 128;
}

/// <summary>
/// The plan of a study, after the paper's: one factor is varied at a time. Every space is searched by the first method in super-networks of the first strategy; every
/// strategy by the first method in the first space; every method in the first space of the first strategy's super-network. All of it for every task, model and seed.
/// </summary>
public sealed record StudyPlan
{
    /// <value>What the report calls the study.</value>
    public required string Name { get; init; }

    /// <value>The tasks.</value>
    public required StudyTask[] Tasks { get; init; }

    /// <value>The models.</value>
    public required StudyModel[] Models { get; init; }

    /// <value>Seeds: of fresh weights, order of examples, random sub-networks and searches alike. Default 0 to 4.</value>
    public int[] Seeds { get; set; } = [0, 1, 2, 3, 4];

    /// <value>Sub-networks that a search evaluates. Default 100.</value>
    public int Trials { get; set; } = 100;

    /// <value>How super-networks are fine-tuned.</value>
    public StudyTraining Training { get; set; } = new();

    /// <value>Search spaces; the first is the one that strategies and methods are compared in.</value>
    public string[] Spaces { get; set; } = ["small", "layer", "medium", "large"];

    /// <value>Strategies; the first is the one that spaces and methods are compared with.</value>
    public string[] Strategies { get; set; } = ["full"];

    /// <value>Methods; the first is the one that spaces and strategies are compared with.</value>
    public string[] Methods { get; set; } = ["random"];

    /// <value>Pruning methods to compare with, on super-networks of the strategy standard. Default none.</value>
    public string[] Baselines { get; set; } = [];

    /// <value>
    /// Sub-networks that are drawn at random and fine-tuned alone from the starting weights, beside each network without its top layers; 0 (default) leaves both out.
    /// </value>
    public int StandAlone { get; set; }

    /// <summary>Reads a plan; its folders become absolute.</summary>
    /// <exception cref="TaskException">The file is missing or says something that makes no study.</exception>
    public static StudyPlan Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            StudyPlan plan = JsonSerializer.Deserialize(stream, StudyJson.Default.StudyPlan) ?? throw new TaskException($"{path}: expected a JSON object that describes a study, found null.");
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            plan = plan with
            {
                Tasks = [.. plan.Tasks.Select(task => task with { Task = Resolve(folder, task.Task ?? task.Name), Data = Below(folder, task.Data), Vocabulary = Below(folder, task.Vocabulary) })],
                Models = [.. plan.Models.Select(model => model with { Checkpoint = Below(folder, model.Checkpoint), Vocabulary = Below(folder, model.Vocabulary) })],
            };
            return StudyPlanCheck.Problem(plan) is { } problem ? throw new TaskException($"{path}: {problem}") : plan;
        }
        catch (JsonException wrong)
        {
            throw new TaskException($"{path} is no plan of a study: {wrong.Message}", wrong);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new TaskException($"The plan {path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>A task file of a table is looked for beside the plan.</summary>
    private static string Resolve(string folder, string task) =>
        task.StartsWith("table:", StringComparison.OrdinalIgnoreCase) ? $"table:{Path.Combine(folder, task["table:".Length..])}" : task;

    private static string? Below(string folder, string? path) => path is null ? null : Path.GetFullPath(Path.Combine(folder, path));
}

/// <summary>JSON of studies: lower camel case, comments allowed, unknown members refused so that a misspelt one is noticed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    WriteIndented = true)]
[JsonSerializable(typeof(StudyPlan))]
[JsonSerializable(typeof(StudyTrainingResult))]
[JsonSerializable(typeof(StudyTestScores))]
[JsonSerializable(typeof(StudyLatency[]))]
internal sealed partial class StudyJson : JsonSerializerContext;
