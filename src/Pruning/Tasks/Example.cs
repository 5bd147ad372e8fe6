namespace Endpoints.Pruning.Tasks;

/// <summary>One labelled example of a task.</summary>
/// <param name="Text">The text, or the premise of a pair.</param>
/// <param name="Pair">The second text; null where the task has one text.</param>
/// <param name="Label">Index of the right label in <see cref="TaskDefinition.Labels"/>; 0 in a regression.</param>
/// <param name="Value">The right value in a regression; the label's index in a classification.</param>
public sealed record Example(string Text, string? Pair, int Label, float Value);
