namespace Endpoints.Bert;

/// <summary>The one seam for devices: a batch in, logits out. What serving, search and the command line call.</summary>
/// <remarks>Classifiers of one lane share its workspaces: run one batch at a time on a lane.</remarks>
public interface IClassifier
{
    /// <summary>Number of logits for each sequence.</summary>
    int LabelCount { get; }

    /// <summary>Longest sequence, in tokens.</summary>
    int MaxSequenceLength { get; }

    /// <summary>Computes the logits of every sequence of a batch.</summary>
    /// <param name="batch">At least one sequence.</param>
    /// <param name="logits">Receives (<see cref="TokenBatch.Count"/> × <see cref="LabelCount"/>) logits, row by row.</param>
    /// <exception cref="ArgumentException">A token is outside the vocabulary, a sequence is too long, or <paramref name="logits"/> is too short.</exception>
    void Classify(TokenBatch batch, Span<float> logits);

    /// <summary>The same, given up as soon as it is no longer wanted: for work that may wait for anything else.</summary>
    /// <param name="batch">At least one sequence.</param>
    /// <param name="logits">Receives the logits of every sequence; where it was given up, nothing that counts.</param>
    /// <param name="isWanted">Asked on this thread before each layer; a device that runs a batch in one piece does not ask.</param>
    /// <returns>False when it was given up.</returns>
    bool TryClassify(TokenBatch batch, Span<float> logits, Func<bool> isWanted)
    {
        Classify(batch, logits);
        return true;
    }
}
