using System.Collections.Immutable;
using Endpoints.Bert.Tokenization;

namespace Endpoints.Bert.Checkpoints;

/// <summary>What a caller knows better than the folder that it loads.</summary>
public sealed record CheckpointLoadOptions
{
    /// <value>
    /// Names of the labels in logit order, in place of those of <c>config.json</c>: for a task that the folder's head was not made for.
    /// One label makes a regression. Default: what <c>config.json</c> says.
    /// </value>
    public ImmutableArray<string> Labels { get; init; }

    /// <value>How the outputs of <see cref="Labels"/> are read; needed for a multiple choice alone. Default: one label is a regression, more are a classification.</value>
    public ProblemType? ProblemType { get; init; }

    /// <value>Tokenizer to use in place of the folder's own files, which are then not read. Default: none.</value>
    public ITokenizer? Tokenizer { get; init; }

    /// <value>Seed of the fresh classifier head, N(0, 0.02), where the folder has none. Default 0.</value>
    public int HeadSeed { get; init; }
}
