using System.Runtime.CompilerServices;
using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.SearchMethods.Surrogates;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>
/// EHVI (Emmerich et al. 2006; the paper's Bayesian optimisation): proposes the point whose expected improvement of the front's hypervolume is largest. The improvement is exact, for
/// up to three objectives, and an objective that is a function of the sub-network's shape (its size) is taken as known instead of modelled.
/// </summary>
/// <remarks>
/// The reference is a tenth of the trials' range beyond the worst of them in every objective. Published implementations maximised with the sign of minimisation, or with a reference on
/// the wrong side, so that the improvement was 0 nearly everywhere.
/// </remarks>
internal sealed class HypervolumeSearch : SurrogateSearch
{
    private const int MostObjectives = 3;

    public HypervolumeSearch(SearchContext context)
        : base(context)
    {
        if (context.Objectives.Count > MostObjectives)
        {
            throw new ArgumentException(
                $"The search method ehvi takes one to three objectives, {context.Objectives.Count} are given "
                + $"({string.Join(", ", context.Objectives.Select(objective => objective.Name))}): leave some out, or use another method, for example rsbo.");
        }
    }

    public override string Name => "ehvi";

    [ModuleInitializer]
    internal static void Register() => Catalogs.SearchMethods.Add("ehvi", context => new HypervolumeSearch(context));

    protected override Promise PromiseOf(ObjectiveModel model, Random random) =>
        new ExpectedHypervolumeImprovement(model.Observed, [.. Enumerable.Repeat(1.1, model.Count)]).Of;
}
