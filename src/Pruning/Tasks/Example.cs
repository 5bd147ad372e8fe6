namespace Endpoints.Pruning.Tasks;

/// <summary>One labelled example of a task.</summary>
/// <param name="Text">The text, the premise of a pair, or what choices continue.</param>
/// <param name="Pair">The second text; null where the task has one text.</param>
/// <param name="Label">Index of the right label in <see cref="TaskDefinition.Labels"/>, or of the right choice; 0 in a regression.</param>
/// <param name="Value">The right value in a regression; the label's index otherwise.</param>
public sealed record Example(string Text, string? Pair, int Label, float Value)
{
    /// <value>What to choose from in a multiple choice; empty otherwise.</value>
    public IReadOnlyList<string> Choices { get; init; } = [];
}
