using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Objectives;

/// <summary>
/// 1 - the task's metric on the validation examples; 1 where the metric is undefined (a constant prediction has no correlation). Records the ends of the 95 %
/// interval, and the share of examples seen where the evaluation ended early.
/// </summary>
internal sealed class ValidationError(ISuperNetwork superNetwork, Evaluator validation) : IBoundedObjective
{
    public string Name => "error";

    public string Unit => "";

    [ModuleInitializer]
    internal static void Register() => Catalogs.Objectives.Add("error", context => new ValidationError(context.SuperNetwork, context.Validation));

    public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default) =>
        Evaluate(subNetwork, double.PositiveInfinity, cancellationToken);

    public Measurement Evaluate(SubNetwork subNetwork, double most, CancellationToken cancellationToken = default)
    {
        // The last bit is for what 1 - (1 - score) rounds off: an equal error is not a larger one.
        EvaluationResult evaluation = validation.Evaluate(superNetwork, subNetwork, 1 - most - 1e-12, cancellationToken);
        Dictionary<string, double> details = DetailsOf(evaluation);
        bool isWhole = evaluation.Seen == validation.Examples.Count;
        if (!isWhole)
        {
            details["error_seen"] = (double)evaluation.Seen / validation.Examples.Count;
        }

        return new Measurement(evaluation.Error, details) { Predictions = isWhole ? evaluation.Predictions : null };
    }

    /// <summary>The ends of the error's interval, where the metric is defined.</summary>
    internal static Dictionary<string, double> DetailsOf(EvaluationResult evaluation) => evaluation.Interval.IsDefined
        ? new() { ["error_low"] = evaluation.Interval.ToError().Low, ["error_high"] = evaluation.Interval.ToError().High }
        : [];
}
