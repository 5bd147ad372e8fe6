using System.Text.Json.Serialization;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning;

/// <summary>One evaluated sub-network of a search.</summary>
public sealed record Trial
{
    /// <value>Number of the trial in its run, from 0.</value>
    public required int Id { get; init; }

    /// <value>Its point in the search space.</value>
    public required SearchPoint Point { get; init; }

    /// <value>Its text form, for example <c>small:l=6,h=6,u=1536</c>.</value>
    public required string SubNetwork { get; init; }

    /// <value>One finite value for each objective of the run, in the run's order; smaller is better.</value>
    public required double[] Values { get; init; }

    /// <value>Parameters that the extracted sub-network holds.</value>
    public required long Parameters { get; init; }

    /// <value>Parameters by the paper's own count.</value>
    public required long PaperParameters { get; init; }

    /// <value>Other figures that the objectives recorded, by name.</value>
    public IReadOnlyDictionary<string, double> Details { get; init; } = new Dictionary<string, double>();

    /// <value>Its predictions on the validation examples, as text: what paired tests between trials need. Null where the evaluation gave none.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Predictions { get; init; }

    /// <summary>True when the task's metric is undefined for it, as the correlation of a constant prediction is; its error then stands at 1.</summary>
    [JsonIgnore]
    public bool IsScoreUndefined => Details.ContainsKey(ValidationError.Undefined);

    /// <value>How long its evaluation took, in seconds.</value>
    public double Seconds { get; init; }
}
