using Endpoints.Bert;
using Endpoints.Bert.Tokenization;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;

namespace Endpoints.Pruning.Batches;

/// <summary>Encoded examples with what is right for each: a label, a real value, or one of its choices. Immutable.</summary>
public sealed class LabelledEncodings
{
    private readonly int[]? _labels;
    private readonly float[] _targets;

    private LabelledEncodings(IReadOnlyList<Encoding> encodings, int choices, int[]? labels, float[] targets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(choices, 1);
        if (encodings.Count == 0 || encodings.Count != (long)targets.Length * choices)
        {
            string each = choices == 1 ? "examples" : $"sequences ({choices} for each example)";
            throw new ArgumentException($"At least one example is expected, and a target for each: {encodings.Count} {each}, {targets.Length} targets.");
        }

        (Encodings, Choices, _labels, _targets) = (encodings, choices, labels, targets);
    }

    /// <summary>Token ids and types of every sequence; those of example i begin at i × <see cref="Choices"/>.</summary>
    public IReadOnlyList<Encoding> Encodings { get; }

    /// <summary>Sequences of each example: its choices, or 1.</summary>
    public int Choices { get; }

    /// <summary>Number of examples.</summary>
    public int Count => _targets.Length;

    /// <summary>Classification, regression or multiple choice.</summary>
    public ProblemType ProblemType => _labels is null ? ProblemType.Regression : Choices > 1 ? ProblemType.MultipleChoice : ProblemType.SingleLabelClassification;

    /// <summary>Each example's label or right choice (from 0), or its value.</summary>
    public ReadOnlySpan<float> Targets => _targets;

    /// <summary>Examples of a classification.</summary>
    public static LabelledEncodings Classification(IReadOnlyList<Encoding> encodings, IReadOnlyList<int> labels) =>
        new(encodings, 1, [.. labels], [.. labels.Select(label => (float)label)]);

    /// <summary>Examples of a multiple choice.</summary>
    /// <param name="encodings">The sequences of the first example's choices, then those of the second's, and so on.</param>
    /// <param name="choices">Choices of every example; at least 2.</param>
    /// <param name="labels">The right choice of each example, from 0.</param>
    public static LabelledEncodings MultipleChoice(IReadOnlyList<Encoding> encodings, int choices, IReadOnlyList<int> labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(choices, 2);
        return new(encodings, choices, [.. labels], [.. labels.Select(label => (float)label)]);
    }

    /// <summary>Examples of a regression.</summary>
    public static LabelledEncodings Regression(IReadOnlyList<Encoding> encodings, IReadOnlyList<float> values) => new(encodings, 1, null, [.. values]);

    /// <summary>Appends the sequences of an example.</summary>
    public void AddTo(TokenBatch batch, int row)
    {
        for (int i = row * Choices; i < (row + 1) * Choices; i++)
        {
            batch.Add(Encodings[i]);
        }
    }

    /// <summary>Tokens of an example, of all its sequences together.</summary>
    public int TokensOf(int row) => Enumerable.Range(row * Choices, Choices).Sum(i => Encodings[i].Ids.Length);

    /// <summary>The loss of a batch made of the sequences of these rows: cross-entropy, over labels or over choices, or squared error.</summary>
    public ILoss CreateLoss(ReadOnlySpan<int> rows)
    {
        if (_labels is null)
        {
            float[] values = new float[rows.Length];
            for (int i = 0; i < rows.Length; i++)
            {
                values[i] = _targets[rows[i]];
            }

            return new SquaredErrorLoss(values);
        }

        int[] labels = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            labels[i] = _labels[rows[i]];
        }

        var loss = new CrossEntropyLoss(labels);
        return Choices > 1 ? new ChoiceLoss(loss, Choices) : loss;
    }

    /// <summary>Checks before any work that a model of this shape can take every example.</summary>
    /// <exception cref="ArgumentException">One does not fit; the message names it.</exception>
    public void CheckFit(BertConfig config)
    {
        if (ProblemType != config.ProblemType)
        {
            throw new ArgumentException($"The examples are of a {ProblemType} and the model is made for {config.ProblemType}.");
        }

        for (int i = 0; i < Encodings.Count; i++)
        {
            int length = Encodings[i].Ids.Length;
            if (length == 0 || length > config.MaxSequenceLength)
            {
                throw new ArgumentException($"Example {i / Choices} has {length} tokens; this model takes 1 to {config.MaxSequenceLength}.");
            }
        }

        if (Choices > 1 && config.LabelCount != 1)
        {
            throw new ArgumentException($"The examples have {Choices} choices, each a sequence with one logit; this model has {config.LabelCount}.");
        }

        int labelCount = Choices > 1 ? Choices : config.LabelCount;
        for (int i = 0; i < Count; i++)
        {
            if (_labels is not null && (uint)_labels[i] >= (uint)labelCount)
            {
                throw new ArgumentException($"Example {i} has label {_labels[i]}; {(Choices > 1 ? "its choices are" : "this model has labels")} 0 to {labelCount - 1}.");
            }

            if (!float.IsFinite(_targets[i]))
            {
                throw new ArgumentException($"Example {i} has the value {_targets[i]}; a finite number is expected.");
            }
        }
    }
}
