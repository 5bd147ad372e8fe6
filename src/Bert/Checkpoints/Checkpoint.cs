using System.Text.Json.Serialization;
using Endpoints.Bert.Tokenization;
using Endpoints.Compute;

namespace Endpoints.Bert.Checkpoints;

/// <summary>A folder in Hugging Face layout, read into memory: shape, weights, tokenizer, and our own <c>endpoint.json</c> where there is one.</summary>
public sealed record Checkpoint
{
    /// <value>The shape, from <c>config.json</c>.</value>
    public required BertConfig Config { get; init; }

    /// <value>The weights, as float32; those of <see cref="Weights"/>.</value>
    public required BertParameters Parameters
    {
        get => Weights.Value;
        init => Weights = new CheckpointWeights(value);
    }

    /// <value>Holds the weights, or knows where to read them again. Copies of this record share it.</value>
    public CheckpointWeights Weights { get; internal init; } = null!;

    /// <value>From <c>vocab.txt</c>, or <c>vocab.json</c> and <c>merges.txt</c>, or <c>tokenizer.json</c>.</value>
    public required ITokenizer Tokenizer { get; init; }

    /// <value>From <c>endpoint.json</c>; null where the folder has none.</value>
    public EndpointMetadata? Metadata { get; init; }

    /// <value>True when the folder had no classifier head and a fresh one was initialised.</value>
    public bool HasFreshHead { get; init; }
}

/// <summary>The contents of <c>endpoint.json</c>: what a checkpoint is and where it came from.</summary>
public sealed record EndpointMetadata
{
    /// <value>The sub-network's text form relative to its parent; <c>full</c> for a super-network.</value>
    public string SubNetwork { get; init; } = "full";

    /// <value>Folder or name of the super-network that it was cut from.</value>
    public string? Parent { get; init; }

    /// <value>Task that it was fine-tuned on, for example <c>rte</c>.</value>
    public string? Task { get; init; }

    /// <value>Data split that <see cref="Metrics"/> was measured on, for example <c>validation</c>.</value>
    public string? Split { get; init; }

    /// <value>Measured figures by name, for example <c>accuracy</c> 0.91.</value>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <value>What products ran in while the metrics of <see cref="Split"/> were measured. Default float32.</value>
    [JsonConverter(typeof(PrecisionJsonConverter))]
    public Precision MeasuredIn { get; init; }

    /// <value>What the folder's weights are stored in; they may be run in any precision. Default float32.</value>
    [JsonConverter(typeof(PrecisionJsonConverter))]
    public Precision Precision { get; init; }

    /// <value>
    /// T by which logits are divided before softmax makes scores of them, fitted on validation examples; labels do not depend on it. Null (default) is 1: not
    /// calibrated. Holds for the whole checkpoint, not for sub-networks cut from it.
    /// </value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Temperature { get; init; }

    /// <value>How heads, units or layers were reordered by importance; null where they were not.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Rewiring { get; init; }

    /// <value>Parameters held (the sliced count).</value>
    public long Parameters { get; init; }

    /// <value>Parameters by the paper's own count.</value>
    public long PaperParameters { get; init; }

    /// <value>Parameters of the parent.</value>
    public long ParentParameters { get; init; }
}
