using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Objectives;

/// <summary>
/// 1 - the task's metric on the validation examples; 1 where the metric is undefined, as the correlation of a constant prediction is, and then the
/// details say so.
/// </summary>
internal sealed class ValidationError(ISuperNetwork superNetwork, Evaluator validation) : IObjective
{
    /// <summary>Name of the detail, 1, of a trial whose error stands for an undefined metric.</summary>
    public const string Undefined = "error_undefined";

    public string Name => "error";

    public string Unit => "";

    [ModuleInitializer]
    internal static void Register() => Catalogs.Objectives.Add("error", context => new ValidationError(context.SuperNetwork, context.Validation));

    public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default)
    {
        double score = validation.Score(superNetwork, subNetwork, cancellationToken);
        return double.IsNaN(score) ? new Measurement(1, new Dictionary<string, double> { [Undefined] = 1 }) : new Measurement(1 - score);
    }
}
