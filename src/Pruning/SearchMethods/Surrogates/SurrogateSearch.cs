using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.SearchMethods.Surrogates;

/// <summary>
/// Bayesian optimisation: a model of the objectives is fitted to the finished trials, and of many candidates the one that promises most is proposed. Candidates are points drawn by the
/// space's rule, and neighbours of the front: spaces are finite, so nothing is gained by gradients.
/// </summary>
internal abstract class SurrogateSearch(SearchContext context) : SequentialSearch(context)
{
    private const int LeastObservations = 3;
    private const int Candidates = 2000;

    /// <summary>In a space of very many dimensions every candidate costs a thousand times as much.</summary>
    private const int CandidatesOfLargeSpaces = 200;

    private readonly IReadOnlyList<IObjective> _objectives = context.Objectives;

    /// <summary>How much a point promises, by a fitted model: larger is better.</summary>
    protected delegate double Promise(ReadOnlySpan<double> mean, ReadOnlySpan<double> deviation);

    protected override IEnumerable<SearchPoint> Proposals(int index, Random random)
    {
        if (Finished.Count < LeastObservations || ObjectiveModel.Fit(Space, _objectives, [.. Finished], Pending, random) is not { } model)
        {
            return RandomPoints(random);
        }

        Promise promise = PromiseOf(model, random);
        SearchPoint[] candidates = MakeCandidates(random);
        double[] scores = new double[candidates.Length];
        Span<double> mean = new double[model.Count];
        Span<double> deviation = new double[model.Count];
        for (int i = 0; i < candidates.Length; i++)
        {
            model.Predict(candidates[i], mean, deviation);
            scores[i] = promise(mean, deviation);
        }

        return Enumerable.Range(0, candidates.Length).OrderByDescending(i => scores[i]).Select(i => candidates[i]);
    }

    /// <summary>The method's own rule for this proposal.</summary>
    protected abstract Promise PromiseOf(ObjectiveModel model, Random random);

    private SearchPoint[] MakeCandidates(Random random)
    {
        int half = (Space.Dimensions.Length <= SurrogateInputs.MostDimensions ? Candidates : CandidatesOfLargeSpaces) / 2;
        int[] front = ParetoFront.Distinct([.. Finished.Select(trial => trial.Values)]);
        return
        [
            .. RandomPoints(random).Take(half)
                .Concat(Enumerable.Range(0, half).Select(i => Space.Neighbour(Finished[front[i % front.Length]].Point, random)))
                .Distinct(),
        ];
    }
}
