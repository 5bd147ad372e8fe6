using System.Text.Json;
using System.Text.Json.Serialization;
using Endpoints.Bert.Multitask;
using Endpoints.Pruning.Tasks;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Multitask;

/// <summary>The JSON of a multitask set. Optional members are set, not init, as in <see cref="TableTaskFile"/>.</summary>
internal sealed record MultitaskSetFile
{
    public required string Name { get; init; }

    public string? Epoch { get; set; }

    public required Entry[] Tasks { get; init; }

    /// <summary>One task: its head, and either a task's name or the members of a task file.</summary>
    internal sealed record Entry
    {
        public required string Head { get; init; }

        public required string Kind { get; init; }

        public string? Task { get; set; }

        public TableTaskFile? Table { get; set; }

        public string? Data { get; set; }

        public float Scale { get; set; } = 5;

        public string[] Metrics { get; set; } = [];

        public int? Batch { get; set; }
    }

    /// <exception cref="TaskException">The file is missing or says something that makes no set.</exception>
    public static MultitaskSet Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, MultitaskJson.Default.MultitaskSetFile)?.ToSet(path)
                ?? throw new TaskException($"{path}: expected a JSON object that describes a set of tasks, found null.");
        }
        catch (JsonException wrong)
        {
            throw new TaskException($"{path} is no file of multitask tasks: {wrong.Message}", wrong);
        }
        catch (ArgumentException wrong)
        {
            throw new TaskException($"{path}: {wrong.Message}", wrong);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new TaskException($"The file {path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    private MultitaskSet ToSet(string path)
    {
        MultitaskTask[] tasks = [.. Tasks.Select(entry => ToTask(path, entry))];
        string[] names = [.. tasks.Select(task => task.Head.Name)];
        if (names.Length == 0 || names.Distinct().Count() != names.Length)
        {
            throw new TaskException($"{path}: expected \"tasks\" with one head or more, and no two of one name, found {(names.Length == 0 ? "none" : string.Join(", ", names))}.");
        }

        string epoch = Epoch ?? names[0];
        return names.Contains(epoch)
            ? new MultitaskSet(Name, [.. tasks], epoch)
            : throw new TaskException($"{path}: expected \"epoch\" to be one of the heads {string.Join(", ", names)}, found '{epoch}'.");
    }

    private static MultitaskTask ToTask(string path, Entry entry)
    {
        HeadKind kind = HeadKindName.Find(entry.Kind) ?? throw new TaskException($"{path}: expected \"kind\" to be {HeadKindName.All}, found '{entry.Kind}'.");
        TaskDefinition definition = (entry.Task, entry.Table) switch
        {
            (string task, null) => TaskRegistry.Find(task),
            (null, { } table) => table.ToDefinition(path),
            _ => throw new TaskException($"{path}: expected either a \"task\" or a \"table\" for the head '{entry.Head}', found {(entry.Task is null ? "neither" : "both")}."),
        };
        if (entry.Batch < 1)
        {
            throw new TaskException($"{path}: expected \"batch\" of the head '{entry.Head}' to be 1 or more, found {entry.Batch}.");
        }

        IMetric[] metrics = [.. entry.Metrics.Select(MetricCatalog.Find)];
        return new MultitaskTask(
            new HeadConfig(entry.Head, kind, definition.LabelNames, entry.Scale),
            metrics is [var first, ..] ? definition with { Metric = first } : definition,
            entry.Data ?? "")
        {
            FurtherMetrics = [.. metrics.Skip(1)],
            BatchSize = entry.Batch,
        };
    }
}

/// <summary>JSON of multitask sets, with the rules of task files.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(MultitaskSetFile))]
internal sealed partial class MultitaskJson : JsonSerializerContext;
