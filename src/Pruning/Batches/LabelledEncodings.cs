using Endpoints.Bert;
using Endpoints.Bert.Tokenization;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;

namespace Endpoints.Pruning.Batches;

/// <summary>Encoded examples with what is right for each: a label, or a real value. Immutable.</summary>
public sealed class LabelledEncodings
{
    private readonly int[]? _labels;
    private readonly float[] _targets;

    private LabelledEncodings(IReadOnlyList<Encoding> encodings, int[]? labels, float[] targets)
    {
        if (encodings.Count == 0 || encodings.Count != targets.Length)
        {
            throw new ArgumentException($"At least one example is expected, and a target for each: {encodings.Count} examples, {targets.Length} targets.");
        }

        (Encodings, _labels, _targets) = (encodings, labels, targets);
    }

    /// <summary>Token ids and types of every example.</summary>
    public IReadOnlyList<Encoding> Encodings { get; }

    /// <summary>Number of examples.</summary>
    public int Count => Encodings.Count;

    /// <summary>Classification or regression.</summary>
    public ProblemType ProblemType => _labels is null ? ProblemType.Regression : ProblemType.SingleLabelClassification;

    /// <summary>Each example's label (from 0) or value.</summary>
    public ReadOnlySpan<float> Targets => _targets;

    /// <summary>Examples of a classification.</summary>
    public static LabelledEncodings Classification(IReadOnlyList<Encoding> encodings, IReadOnlyList<int> labels) =>
        new(encodings, [.. labels], [.. labels.Select(label => (float)label)]);

    /// <summary>Examples of a regression.</summary>
    public static LabelledEncodings Regression(IReadOnlyList<Encoding> encodings, IReadOnlyList<float> values) => new(encodings, null, [.. values]);

    /// <summary>The loss of a batch made of these rows: cross-entropy or squared error.</summary>
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

        return new CrossEntropyLoss(labels);
    }

    /// <summary>Checks before any work that a model of this shape can take every example.</summary>
    /// <exception cref="ArgumentException">One does not fit; the message names it.</exception>
    public void CheckFit(BertConfig config)
    {
        if (ProblemType != config.ProblemType)
        {
            throw new ArgumentException($"The examples are of a {ProblemType} and the model is made for {config.ProblemType}.");
        }

        for (int i = 0; i < Count; i++)
        {
            int length = Encodings[i].Ids.Length;
            if (length == 0 || length > config.MaxSequenceLength)
            {
                throw new ArgumentException($"Example {i} has {length} tokens; this model takes 1 to {config.MaxSequenceLength}.");
            }

            if (_labels is not null && (uint)_labels[i] >= (uint)config.LabelCount)
            {
                throw new ArgumentException($"Example {i} has label {_labels[i]}; this model has labels 0 to {config.LabelCount - 1}.");
            }

            if (!float.IsFinite(_targets[i]))
            {
                throw new ArgumentException($"Example {i} has the value {_targets[i]}; a finite number is expected.");
            }
        }
    }
}
