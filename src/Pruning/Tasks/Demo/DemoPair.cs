namespace Endpoints.Pruning.Tasks.Demo;

/// <summary>Two sentences, and whether the first entails the second.</summary>
internal sealed record DemoPair(Sentence Premise, Sentence Hypothesis, bool Entails);
