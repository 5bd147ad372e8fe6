using System.Collections.Immutable;

namespace Endpoints.Bert;

/// <summary>How a classifier's outputs are read: one label of several, one real value, or one text of several.</summary>
public enum ProblemType
{
    /// <summary>Logits over labels; softmax gives scores, cross-entropy is the loss.</summary>
    SingleLabelClassification,

    /// <summary>One logit that is the predicted value; squared error is the loss.</summary>
    Regression,

    /// <summary>One logit for each of an example's sequences, its choices; softmax over these gives scores, cross-entropy is the loss.</summary>
    MultipleChoice,
}

/// <summary>Whose layout a model has: the names of its tensors, and how its positions count.</summary>
public enum Architecture
{
    /// <summary>BERT (Devlin et al. 2019): a sequence's positions begin in row 0, a pooler belongs to the pretrained encoder.</summary>
    Bert,

    /// <summary>RoBERTa (Liu et al. 2019): positions begin after the padding id, and the pooler is the first layer of the classification head.</summary>
    Roberta,
}

/// <summary>What one encoder layer keeps: attention heads and intermediate units. Zero means that the block is absent (the identity).</summary>
/// <param name="Heads">Attention heads, each of <see cref="BertConfig.HeadSize"/>.</param>
/// <param name="Units">Intermediate units of the feed-forward block.</param>
public readonly record struct LayerShape(int Heads, int Units);

/// <summary>The shape of a BERT or RoBERTa sequence classifier. A whole model has equal layers; an extracted sub-network may have a shape per layer.</summary>
public sealed record BertConfig
{
    /// <value>BERT (default) or RoBERTa.</value>
    public Architecture Architecture { get; init; }

    /// <value>Rows of the word embedding table.</value>
    public required int VocabularySize { get; init; }

    /// <value>Width of a token's hidden state (H).</value>
    public required int HiddenSize { get; init; }

    /// <value>Width of one attention head; stays the same when heads are pruned.</value>
    public required int HeadSize { get; init; }

    /// <value>Kept heads and units of every layer, bottom first.</value>
    public required ImmutableArray<LayerShape> Layers { get; init; }

    /// <value>Rows of the position embedding table; <see cref="MaxSequenceLength"/> says how many tokens they carry.</value>
    public required int MaxPositions { get; init; }

    /// <value>Rows of the token type table. Default 2.</value>
    public int TypeVocabularySize { get; init; } = 2;

    /// <value>Added to the variance in every LayerNorm. Default 1e-12.</value>
    public float LayerNormEpsilon { get; init; } = 1e-12f;

    /// <value>
    /// Names of the labels, in logit order; a regression and a multiple choice have one. None: a trunk without a classifier, whose outputs are the pooled vectors.
    /// </value>
    public required ImmutableArray<string> Labels { get; init; }

    /// <value>Classification (default), regression or multiple choice.</value>
    public ProblemType ProblemType { get; init; }

    /// <value>Id of the padding token. Default 0. Nothing here ever computes one.</value>
    public int PadTokenId { get; init; }

    /// <value>Dropout after embeddings, attention output, feed-forward output and pooler while training. Default 0.1.</value>
    public float HiddenDropout { get; init; } = 0.1f;

    /// <value>Dropout of attention probabilities while training. Default 0.1.</value>
    public float AttentionDropout { get; init; } = 0.1f;

    /// <summary>Row of the position table that a sequence's first token has: 0, or for RoBERTa the one after the padding id.</summary>
    public int FirstPosition => Architecture == Architecture.Roberta ? PadTokenId + 1 : 0;

    /// <summary>Longest sequence in tokens: RoBERTa-base carries 512 with 514 rows.</summary>
    public int MaxSequenceLength => MaxPositions - FirstPosition;

    /// <summary>Number of encoder layers.</summary>
    public int LayerCount => Layers.Length;

    /// <summary>Number of logits.</summary>
    public int LabelCount => Labels.Length;

    /// <summary>Most heads that any layer has.</summary>
    public int MaxHeads => Layers.Select(layer => layer.Heads).DefaultIfEmpty(0).Max();

    /// <summary>Most intermediate units that any layer has.</summary>
    public int MaxUnits => Layers.Select(layer => layer.Units).DefaultIfEmpty(0).Max();

    /// <summary>A config with <paramref name="layers"/> equal layers, as pretrained models have.</summary>
    public static BertConfig Uniform(
        int vocabularySize, int hiddenSize, int layers, int heads, int units, int maxPositions, params ImmutableArray<string> labels) => new()
        {
            VocabularySize = vocabularySize,
            HiddenSize = hiddenSize,
            HeadSize = hiddenSize / heads,
            Layers = [.. Enumerable.Repeat(new LayerShape(heads, units), layers)],
            MaxPositions = maxPositions,
            Labels = labels,
            ProblemType = labels.Length == 1 ? ProblemType.Regression : ProblemType.SingleLabelClassification,
        };

    /// <summary>BERT-base: 12 layers, 12 heads of 64, 3072 units, hidden size 768, 512 positions (Devlin et al. 2019).</summary>
    public static BertConfig Base(int vocabularySize = 30_522, params ImmutableArray<string> labels) =>
        Uniform(vocabularySize, 768, 12, 12, 3072, 512, labels.IsDefaultOrEmpty ? ["LABEL_0", "LABEL_1"] : labels);

    /// <summary>RoBERTa-base: BERT-base with a byte-level vocabulary and 514 position rows for 512 tokens (Liu et al. 2019); 124,647,170 parameters with 2 labels.</summary>
    public static BertConfig RobertaBase(int vocabularySize = 50_265, params ImmutableArray<string> labels) => Base(vocabularySize, labels).AsRoberta();

    /// <summary>
    /// This shape as RoBERTa has it: padding id 1, one token type, epsilon 1e-5, and two position rows more, so that sequences may be as long as before.
    /// </summary>
    public BertConfig AsRoberta() => this with
    {
        Architecture = Architecture.Roberta,
        PadTokenId = 1,
        MaxPositions = MaxSequenceLength + 2,
        TypeVocabularySize = 1,
        LayerNormEpsilon = 1e-5f,
    };

    /// <summary>Compares by value, layer by layer.</summary>
    public bool Equals(BertConfig? other) =>
        other is not null
        && (VocabularySize, HiddenSize, HeadSize, MaxPositions, TypeVocabularySize, LayerNormEpsilon, ProblemType, PadTokenId)
        == (other.VocabularySize, other.HiddenSize, other.HeadSize, other.MaxPositions, other.TypeVocabularySize, other.LayerNormEpsilon, other.ProblemType, other.PadTokenId)
        && (Architecture, HiddenDropout, AttentionDropout) == (other.Architecture, other.HiddenDropout, other.AttentionDropout)
        && Layers.SequenceEqual(other.Layers)
        && Labels.SequenceEqual(other.Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(VocabularySize, HiddenSize, HeadSize, LayerCount, LabelCount, MaxPositions);
}
