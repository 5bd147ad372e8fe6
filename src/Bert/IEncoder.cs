namespace Endpoints.Bert;

/// <summary>A batch in, pooled vectors out: what heads other than the classifier read. Runs on a lane like <see cref="IClassifier"/>.</summary>
public interface IEncoder
{
    /// <summary>Width of a pooled vector (H).</summary>
    int HiddenSize { get; }

    /// <summary>Longest sequence, in tokens.</summary>
    int MaxSequenceLength { get; }

    /// <summary>Computes tanh(W_p h + b_p) of every sequence's first token.</summary>
    /// <param name="batch">At least one sequence.</param>
    /// <param name="pooled">Receives (<see cref="TokenBatch.Count"/> × <see cref="HiddenSize"/>) values, row by row.</param>
    /// <exception cref="ArgumentException">A token is outside the vocabulary, a sequence is too long, or <paramref name="pooled"/> is too short.</exception>
    void Pool(TokenBatch batch, Span<float> pooled);
}
