namespace Endpoints.Pruning.Cascades;

/// <summary>A cascade with one threshold, on the examples that thresholds are compared on.</summary>
/// <param name="Threshold">Least margin at which the small network's answer stands, 0 to 1.</param>
/// <param name="Escalated">Share of the examples, 0 to 1, that the large network computes.</param>
/// <param name="Accuracy">Share that the cascade gets right.</param>
/// <param name="Loss">The large network's accuracy less the cascade's.</param>
/// <param name="LossBound">What the loss is at most, for this threshold and every larger one together, with the confidence asked for.</param>
/// <param name="Cost">Predicted time as a share of the large network's alone.</param>
public sealed record CascadePoint(double Threshold, double Escalated, double Accuracy, double Loss, double LossBound, double Cost);
