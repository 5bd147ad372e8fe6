using System.Collections.Immutable;

namespace Endpoints.Bert.Multitask;

/// <summary>One head of a multitask network.</summary>
public sealed record HeadConfig
{
    /// <summary>Checks that the parts go together.</summary>
    /// <param name="name">Letters, digits, <c>-</c> and <c>_</c>: it becomes part of tensor names and of folder names.</param>
    /// <param name="kind">What it computes.</param>
    /// <param name="labels">Two or more for a classification, two for a concatenation, none for a cosine.</param>
    /// <param name="scale">Of a cosine: scores go from -scale to scale. Default 5.</param>
    /// <exception cref="ArgumentException">They do not; the message says what is expected.</exception>
    public HeadConfig(string name, HeadKind kind, ImmutableArray<string> labels = default, float scale = 5)
    {
        labels = labels.IsDefault ? [] : labels;
        if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
        {
            throw new ArgumentException($"A head's name is made of letters, digits, - and _: found '{name}'.");
        }

        (bool fits, string expected) = kind switch
        {
            HeadKind.Classification => (labels.Length >= 2, "two labels or more"),
            HeadKind.SiameseConcatenation => (labels.Length == 2, "two labels"),
            _ => (labels.IsEmpty, "no labels"),
        };
        if (!fits || labels.Distinct().Count() != labels.Length)
        {
            throw new ArgumentException($"The head '{name}' ({HeadKindName.Of(kind)}) has {expected}, none twice: found {(labels.IsEmpty ? "none" : string.Join(", ", labels))}.");
        }

        if (!(scale > 0 && float.IsFinite(scale)))
        {
            throw new ArgumentException($"The head '{name}' has a scale above 0: found {scale}.");
        }

        (Name, Kind, Labels, Scale) = (name, kind, labels, scale);
    }

    /// <summary>Its name, for example <c>sentiment</c>.</summary>
    public string Name { get; }

    /// <summary>What it computes.</summary>
    public HeadKind Kind { get; }

    /// <summary>Names of the labels; empty for a cosine.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>Factor of a cosine.</summary>
    public float Scale { get; }

    /// <summary>Sequences of one example: 1, or the 2 of a siamese head, one after the other in a batch.</summary>
    public int SequencesPerExample => Kind == HeadKind.Classification ? 1 : 2;

    /// <summary>Outputs of one example: a logit a label, or one logit or score.</summary>
    public int OutputsPerExample => Kind == HeadKind.Classification ? Labels.Length : 1;

    /// <summary>A label or a value: what <see cref="Endpoints.Bert.ProblemType"/> the head's targets are of.</summary>
    public ProblemType ProblemType => Kind == HeadKind.SiameseCosine ? ProblemType.Regression : ProblemType.SingleLabelClassification;

    /// <summary>Compares by value.</summary>
    public bool Equals(HeadConfig? other) =>
        other is not null && (Name, Kind, Scale) == (other.Name, other.Kind, other.Scale) && Labels.SequenceEqual(other.Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Kind, Labels.Length, Scale);

    /// <summary>The predicted label (from 0) or value that one example's outputs mean: the first of the largest logits, a positive logit, the score itself.</summary>
    public float Predict(ReadOnlySpan<float> outputs)
    {
        switch (Kind)
        {
            case HeadKind.SiameseCosine:
                return outputs[0];
            case HeadKind.SiameseConcatenation:
                return outputs[0] > 0 ? 1 : 0;
            default:
                int best = 0;
                for (int i = 1; i < outputs.Length; i++)
                {
                    best = outputs[i] > outputs[best] ? i : best;
                }

                return best;
        }
    }

    /// <summary>Rows and columns of the weight.</summary>
    internal (int Outputs, int Inputs) Shape(int hiddenSize) => Kind switch
    {
        HeadKind.Classification => (Labels.Length, hiddenSize),
        HeadKind.SiameseConcatenation => (1, 2 * hiddenSize),
        _ => (hiddenSize, hiddenSize),
    };
}
