using System.Runtime.CompilerServices;
using Endpoints.Bert;
using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Batches;

namespace Endpoints.Pruning.Objectives;

/// <summary>1 - the task's metric on the validation examples; 1 where the metric is undefined (a constant prediction has no correlation).</summary>
internal sealed class ValidationError(ISuperNetwork superNetwork, Evaluator validation) : IObjective
{
    public string Name => "error";

    public string Unit => "";

    [ModuleInitializer]
    internal static void Register() => Catalogs.Objectives.Add("error", context => new ValidationError(context.SuperNetwork, context.Validation));

    public Measurement Evaluate(SubNetwork subNetwork, CancellationToken cancellationToken = default)
    {
        double score = validation.Score(superNetwork, subNetwork, cancellationToken);
        return new Measurement(double.IsNaN(score) ? 1 : 1 - score);
    }
}
