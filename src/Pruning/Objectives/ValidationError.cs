using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Objectives;

/// <summary>
/// 1 - the task's metric on the validation examples; 1 where the metric is undefined, as the correlation of a constant prediction is, and then the details say
/// so. Records the ends of the 95 % interval, and the share of examples seen where the evaluation ended early.
/// </summary>
internal sealed class ValidationError(ISuperNetwork superNetwork, Evaluator validation) : IBoundedObjective
{
    /// <summary>Name of the detail, 1, of a trial whose error stands for an undefined metric.</summary>
    public const string Undefined = "error_undefined";

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

    /// <summary>The ends of the error's interval, or that the metric is undefined.</summary>
    internal static Dictionary<string, double> DetailsOf(EvaluationResult evaluation)
    {
        var details = new Dictionary<string, double>();
        if (double.IsNaN(evaluation.Score))
        {
            details[Undefined] = 1;
        }

        if (evaluation.Interval.IsDefined)
        {
            (details["error_low"], details["error_high"]) = (evaluation.Interval.ToError().Low, evaluation.Interval.ToError().High);
        }

        return details;
    }
}
