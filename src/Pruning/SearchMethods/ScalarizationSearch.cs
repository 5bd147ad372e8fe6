using System.Runtime.CompilerServices;
using Endpoints.Pruning.SearchMethods.Surrogates;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>
/// Bayesian optimisation with random scalarisations (Paria et al. 2019): for every proposal, weights of the objectives are drawn uniformly from those that sum to 1, and the point with the least
/// weighted sum of optimistic values (mean - one standard deviation) is proposed. Takes any number of objectives.
/// </summary>
internal sealed class ScalarizationSearch(SearchContext context) : SurrogateSearch(context)
{
    public override string Name => "rsbo";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchMethods.Add("rsbo", context => new ScalarizationSearch(context));

    protected override Promise PromiseOf(ObjectiveModel model, Random random)
    {
        // Exponential variables over their sum are uniform on the simplex; the sum changes no order.
        double[] weights = [.. Enumerable.Range(0, model.Count).Select(_ => -Math.Log(1 - random.NextDouble()))];
        return (mean, deviation) =>
        {
            double sum = 0;
            for (int k = 0; k < weights.Length; k++)
            {
                sum += weights[k] * (mean[k] - deviation[k]);
            }

            return -sum;
        };
    }
}
