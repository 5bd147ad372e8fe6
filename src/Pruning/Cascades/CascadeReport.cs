using System.Text.Json.Serialization;
using Endpoints.Compute;
using Endpoints.Pruning.Statistics;

namespace Endpoints.Pruning.Cascades;

/// <summary>What was found on one part of a task, and which threshold keeps the promise.</summary>
public sealed record CascadeReport
{
    /// <value>The task.</value>
    public required string Task { get; init; }

    /// <value>The part or file that the threshold was chosen on.</value>
    public required string Split { get; init; }

    /// <value>Examples of it.</value>
    public required int Examples { get; init; }

    /// <value>Why the promise may not hold with its confidence, a sentence each; empty where nothing speaks against it.</value>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <value>What both networks ran in.</value>
    [JsonConverter(typeof(PrecisionJsonConverter))]
    public required Precision Precision { get; init; }

    /// <value>The small network's accuracy, 0 to 1.</value>
    public required double SmallAccuracy { get; init; }

    /// <value>The large network's accuracy, 0 to 1.</value>
    public required double LargeAccuracy { get; init; }

    /// <value>T of the small network's softmax.</value>
    public required double Temperature { get; init; }

    /// <value>Largest loss of accuracy that was asked for, 0 to 1.</value>
    public required double MaxLoss { get; init; }

    /// <value>Confidence that was asked for.</value>
    public required double Confidence { get; init; }

    /// <value>Time of the small network, as a share of the large one's alone.</value>
    public required double SmallCost { get; init; }

    /// <value>Time of the large network after the small one, as a share of its time alone; below 1 where it continues the small one's work.</value>
    public required double AgainCost { get; init; }

    /// <value>Thresholds, from the one that sends every example on to the one that sends none.</value>
    public required IReadOnlyList<CascadePoint> Points { get; init; }

    /// <value>The point with the smallest threshold that keeps the promise; null where none does but sending everything on.</value>
    public required CascadePoint? Chosen { get; init; }

    /// <value>Examples without which this promise can be shown of no cascade.</value>
    public required int LeastExamples { get; init; }

    /// <value>The chosen threshold on a part that it was not chosen on; null where that was not asked for or none was chosen.</value>
    public CascadeCheck? Check { get; init; }
}

/// <summary>A cascade on examples that its threshold was not chosen on.</summary>
/// <param name="Split">The part of the task.</param>
/// <param name="Examples">Its examples.</param>
/// <param name="Accuracy">The cascade's accuracy, 0 to 1.</param>
/// <param name="LargeAccuracy">The large network's accuracy.</param>
/// <param name="Escalated">Share that the large network computed.</param>
/// <param name="LossInterval">Where the large network's accuracy less the cascade's lies, with 95 % confidence, as far as these examples tell: a paired interval.</param>
public sealed record CascadeCheck(string Split, int Examples, double Accuracy, double LargeAccuracy, double Escalated, ConfidenceInterval LossInterval)
{
    /// <value>The large network's accuracy less the cascade's.</value>
    public double Loss => LargeAccuracy - Accuracy;
}
