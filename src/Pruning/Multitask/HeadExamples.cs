using Endpoints.Bert;
using Endpoints.Bert.Multitask;
using Endpoints.Bert.Tokenization;
using Endpoints.Bert.Training;
using Endpoints.Bert.Training.Losses;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Multitask;

/// <summary>Encoded examples of one head's task: for a siamese head two sequences each, encoded apart. Immutable.</summary>
public sealed class HeadExamples
{
    private readonly Encoding[] _sequences;
    private readonly float[] _targets;

    private HeadExamples(HeadConfig head, Encoding[] sequences, float[] targets)
    {
        (Head, _sequences, _targets) = (head, sequences, targets);
    }

    /// <summary>The head.</summary>
    public HeadConfig Head { get; }

    /// <summary>Number of examples.</summary>
    public int Count => _targets.Length;

    /// <summary>Each example's label (from 0) or value.</summary>
    public ReadOnlySpan<float> Targets => _targets;

    /// <summary>Encodes examples; a text longer than <paramref name="maxLength"/> tokens is cut, each text of a pair by itself where the head is siamese.</summary>
    /// <exception cref="TaskException">A value lies outside of what a cosine head can answer.</exception>
    public static HeadExamples Encode(MultitaskTask task, IReadOnlyList<Example> examples, ITokenizer tokenizer, int maxLength)
    {
        HeadConfig head = task.Head;
        if (head.Kind == HeadKind.SiameseCosine && examples.FirstOrDefault(example => Math.Abs(example.Value) > head.Scale) is { } outside)
        {
            throw new TaskException(FormattableString.Invariant(
                $"The head '{head.Name}' answers from -{head.Scale} to {head.Scale}, and '{task.Definition.Name}' has the value {outside.Value}: give the head a larger \"scale\"."));
        }

        IEnumerable<Encoding> Sequences(Example example) => head.SequencesPerExample == 2
            ? [tokenizer.Encode(example.Text, null, maxLength), tokenizer.Encode(example.Pair!, null, maxLength)]
            : [tokenizer.Encode(example.Text, example.Pair, maxLength)];
        return new HeadExamples(head, [.. examples.SelectMany(Sequences)], [.. examples.Select(example => example.Value)]);
    }

    /// <summary>Those of the rows, in the rows' order.</summary>
    internal HeadExamples Only(int[] rows) => new(Head, [.. rows.SelectMany(row => Sequences(row).ToArray())], [.. rows.Select(row => _targets[row])]);

    /// <summary>Every sequence, example by example.</summary>
    internal IReadOnlyList<Encoding> AllSequences => _sequences;

    /// <summary>Tokens of one example.</summary>
    public int Length(int example)
    {
        int length = 0;
        foreach (Encoding sequence in Sequences(example))
        {
            length += sequence.Ids.Length;
        }

        return length;
    }

    /// <summary>Appends an example's sequences to a batch.</summary>
    public void AddTo(TokenBatch batch, int example)
    {
        foreach (Encoding sequence in Sequences(example))
        {
            batch.Add(sequence);
        }
    }

    /// <summary>The head's loss over these examples.</summary>
    public ILoss CreateLoss(IEnumerable<int> examples)
    {
        float[] targets = [.. examples.Select(example => _targets[example])];
        return Head.Kind switch
        {
            HeadKind.Classification => new CrossEntropyLoss(Array.ConvertAll(targets, target => (int)target)),
            HeadKind.SiameseConcatenation => new BinaryCrossEntropyLoss(Array.ConvertAll(targets, target => (int)target)),
            _ => new AbsoluteErrorLoss(targets),
        };
    }

    private ReadOnlySpan<Encoding> Sequences(int example) => _sequences.AsSpan(example * Head.SequencesPerExample, Head.SequencesPerExample);
}
