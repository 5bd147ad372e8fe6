namespace Endpoints.LoadTest;

/// <summary>A question to send: two texts and, if known, the right answer.</summary>
/// <param name="Premise">The first text.</param>
/// <param name="Hypothesis">The second text.</param>
/// <param name="Label">The right answer as the server writes it; null leaves the answer unscored.</param>
public sealed record LoadPair(string Premise, string Hypothesis, string? Label = null);
