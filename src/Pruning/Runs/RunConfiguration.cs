using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Endpoints.Bert;
using Endpoints.Compute;
using Endpoints.Pruning.Batches;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.SearchMethods;
using Endpoints.Pruning.SearchSpaces.Sampling;

namespace Endpoints.Pruning.Runs;

/// <summary>Everything that decides what a search's trials are. A journal belongs to exactly one.</summary>
/// <remarks>The number of trials is not part of it: a search may be continued for longer.</remarks>
public sealed record RunConfiguration
{
    /// <value>Task, for example <c>rte</c>.</value>
    public required string Task { get; init; }

    /// <value>Fingerprint of the validation examples; see <see cref="Fingerprint"/>.</value>
    public required string Validation { get; init; }

    /// <value>Fingerprint of the super-network's weights.</value>
    public required string SuperNetwork { get; init; }

    /// <value>Search space, for example <c>small</c>.</value>
    public required string Space { get; init; }

    /// <value>Rule that the space's points are drawn by; null (default) is the paper's, which files leave out.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Sampling { get; init; }

    /// <value>Search method, for example <c>random</c>.</value>
    public required string Method { get; init; }

    /// <value>Seed of the method.</value>
    public required int Seed { get; init; }

    /// <value>What sub-networks ran in while they were measured. Files leave float32 out, which is what those of before had.</value>
    [JsonConverter(typeof(PrecisionJsonConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Precision Precision { get; init; }

    /// <value>Whether evaluations end once a trial is dominated beyond doubt. Files leave false out.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StopDominated { get; init; }

    /// <value>How each sub-network is fine-tuned where the search is stand-alone; null where it shares the super-network's weights.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StandAloneInfo? StandAlone { get; init; }

    /// <value>What ends the fine-tuning of trials early, for example <c>asha</c>; null (default) where all run to their end, which files leave out.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Scheduler { get; init; }

    /// <value>The objectives, in the order of every trial's values.</value>
    public required IReadOnlyList<ObjectiveInfo> Objectives { get; init; }

    /// <summary>The configuration of a search.</summary>
    /// <param name="task">Name of the task.</param>
    /// <param name="validation">Examples that the error is measured on.</param>
    /// <param name="superNetwork">Weights that are searched.</param>
    /// <param name="search">Space and seed.</param>
    /// <param name="method">The method.</param>
    /// <param name="objectives">What is minimised, in this order.</param>
    public static RunConfiguration Of(
        string task, LabelledEncodings validation, BertParameters superNetwork, SearchContext search, ISearchMethod method, IEnumerable<IObjective> objectives) => new()
        {
            Task = task,
            Validation = Fingerprint.Of(validation),
            SuperNetwork = Fingerprint.Of(superNetwork),
            Space = search.Space.Name,
            Method = method.Name,
            Seed = search.Seed,
            Objectives = [.. objectives.Select(objective => new ObjectiveInfo(objective.Name, objective.Unit))],
        };

    /// <summary>SHA-256 over all of it, in hexadecimal.</summary>
    public string Hash() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this, RunJson.Default.RunConfiguration)));

    /// <summary>What differs from another one, for a message: <c>seed is 1 there and 2 here</c>.</summary>
    internal string DifferencesFrom(RunConfiguration there)
    {
        (string Name, string There, string Here)[] values =
        [
            ("task", there.Task, Task),
            ("validation data", there.Validation, Validation),
            ("super-network", there.SuperNetwork, SuperNetwork),
            ("space", there.Space, Space),
            ("sampling", there.Sampling ?? PaperSampling.Name, Sampling ?? PaperSampling.Name),
            ("method", there.Method, Method),
            ("seed", $"{there.Seed}", $"{Seed}"),
            ("precision", PrecisionName.Of(there.Precision), PrecisionName.Of(Precision)),
            ("stopping of dominated trials", OnOff(there.StopDominated), OnOff(StopDominated)),
            ("stand-alone fine-tuning", $"{there.StandAlone?.ToString() ?? "none"}", $"{StandAlone?.ToString() ?? "none"}"),
            ("scheduler", there.Scheduler ?? "none", Scheduler ?? "none"),
            ("objectives", NamesOf(there.Objectives), NamesOf(Objectives)),
        ];
        return string.Join("; ", values.Where(value => value.There != value.Here).Select(value => $"{value.Name} is {value.There} there and {value.Here} here"));
    }

    private static string OnOff(bool isOn) => isOn ? "on" : "off";

    private static string NamesOf(IReadOnlyList<ObjectiveInfo> objectives) =>
        string.Join(",", objectives.Select(objective => objective.Unit.Length == 0 ? objective.Name : $"{objective.Name} in {objective.Unit}"));
}

/// <summary>What files say of an objective.</summary>
/// <param name="Name">For example <c>latency</c>.</param>
/// <param name="Unit">For example <c>ms</c>; empty for a plain number.</param>
public sealed record ObjectiveInfo(string Name, string Unit);

/// <summary>What files say of a stand-alone search's fine-tuning.</summary>
/// <param name="Epochs">Most epochs of a trial.</param>
/// <param name="BatchSize">Examples in a step.</param>
/// <param name="LearningRate">Highest learning rate.</param>
/// <param name="WarmUp">Share of the steps that the rate rises over.</param>
/// <param name="Seed">Of order and dropout.</param>
/// <param name="Train">Fingerprint of the training examples.</param>
public sealed record StandAloneInfo(int Epochs, int BatchSize, float LearningRate, double WarmUp, int Seed, string Train)
{
    /// <summary>For messages.</summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Epochs} epochs of {Train}, batch {BatchSize}, rate {LearningRate:g3}, warm-up {WarmUp:g3}, seed {Seed}");
}
