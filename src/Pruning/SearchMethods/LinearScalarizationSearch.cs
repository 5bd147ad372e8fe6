using System.Runtime.CompilerServices;
using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.SearchMethods.Surrogates;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>
/// Bayesian optimisation of one number, the sum of all objectives with equal weights (LS-BO): proposes the point whose sum is expected to fall furthest below the least of the trials (expected
/// improvement, Jones et al. 1998). It digs where the front's knee is and leaves its ends alone, which is what it is compared with other methods for.
/// </summary>
/// <remarks>The sum of the objectives' processes is a Gaussian process itself. Objectives count by their range among the trials: parameters in millions would otherwise be all there is.</remarks>
internal sealed class LinearScalarizationSearch(SearchContext context) : SurrogateSearch(context)
{
    public override string Name => "lsbo";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchMethods.Add("lsbo", context => new LinearScalarizationSearch(context));

    protected override Promise PromiseOf(ObjectiveModel model, Random random)
    {
        double least = model.Observed.Min(values => values.Sum());
        return (mean, deviation) =>
        {
            double sum = 0, variance = 0;
            for (int k = 0; k < mean.Length; k++)
            {
                sum += mean[k];
                variance += deviation[k] * deviation[k];
            }

            return NormalDistribution.ExpectedBelow(least, sum, Math.Sqrt(variance));
        };
    }
}
