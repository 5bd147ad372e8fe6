using Endpoints.Bert.SubNetworks;
using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.SearchMethods.Surrogates;

/// <summary>
/// What is known of every objective at every point, after some trials: an exact objective's own value, otherwise a Gaussian process. All in units of the trials' range,
/// 0 for the least value that a trial had and 1 for the largest.
/// </summary>
internal sealed class ObjectiveModel
{
    /// <summary>More observations cost more time than they help: the front's are always among those that are used.</summary>
    private const int MostObservations = 200;

    private readonly ISearchSpace _space;
    private readonly IExactObjective?[] _exact;
    private readonly GaussianProcess?[] _learnt;
    private readonly double[] _least;
    private readonly double[] _range;

    private ObjectiveModel(ISearchSpace space, IReadOnlyList<IObjective> objectives, IReadOnlyList<Trial> trials)
    {
        _space = space;
        int count = trials[0].Values.Length;
        _exact = [.. Enumerable.Range(0, count).Select(k => k < objectives.Count ? objectives[k] as IExactObjective : null)];
        _learnt = new GaussianProcess?[count];
        _least = [.. Enumerable.Range(0, count).Select(k => trials.Min(trial => trial.Values[k]))];
        _range = [.. Enumerable.Range(0, count).Select(k => trials.Max(trial => trial.Values[k]) - _least[k]).Select(range => range > 0 ? range : 1)];
        Observed = [.. trials.Select(trial => trial.Values.Select((value, k) => (value - _least[k]) / _range[k]).ToArray())];
    }

    /// <summary>The objective values of the trials, and what is expected of points that are still being evaluated.</summary>
    public IReadOnlyList<double[]> Observed { get; private set; }

    /// <summary>Number of objectives.</summary>
    public int Count => _exact.Length;

    /// <summary>Fits the model; null where that failed for an objective.</summary>
    /// <param name="space">Where to search.</param>
    /// <param name="objectives">What is minimised, in the order of the trials' values; empty where all are to be learnt.</param>
    /// <param name="trials">The finished trials.</param>
    /// <param name="pending">Points that are still being evaluated: taken for known, with the values expected of them, so that the next point goes elsewhere.</param>
    /// <param name="random">Draws starts of the fit, and observations where there are too many.</param>
    public static ObjectiveModel? Fit(
        ISearchSpace space, IReadOnlyList<IObjective> objectives, IReadOnlyList<Trial> trials, IReadOnlyList<SearchPoint> pending, Random random)
    {
        var model = new ObjectiveModel(space, objectives, trials);
        int[] used = Choose(model.Observed, random);
        double[][] inputs = [.. used.Select(i => SurrogateInputs.Of(space, trials[i].Point))];
        for (int k = 0; k < model.Count; k++)
        {
            if (model._exact[k] is null)
            {
                model._learnt[k] = GaussianProcess.Fit(inputs, [.. used.Select(i => model.Observed[i][k])], random);
                if (model._learnt[k] is null)
                {
                    return null;
                }
            }
        }

        return pending.Count == 0 || model.Believe(used, inputs, pending) ? model : null;
    }

    /// <summary>Mean and standard deviation of every objective at a point; a deviation of 0 where it is known.</summary>
    public void Predict(SearchPoint point, Span<double> mean, Span<double> deviation)
    {
        double[]? input = null;
        SubNetwork? subNetwork = null;
        for (int k = 0; k < Count; k++)
        {
            (mean[k], deviation[k]) = _learnt[k] is { } process
                ? process.Predict(input ??= SurrogateInputs.Of(_space, point))
                : ((_exact[k]!.ValueOf(subNetwork ??= _space.SubNetworkAt(point)) - _least[k]) / _range[k], 0);
        }
    }

    private static int[] Choose(IReadOnlyList<double[]> observed, Random random)
    {
        int[] all = [.. Enumerable.Range(0, observed.Count)];
        if (all.Length <= MostObservations)
        {
            return all;
        }

        random.Shuffle(all);
        int[] ranks = ParetoFront.Ranks(observed);
        return [.. all.OrderBy(i => ranks[i] == 0 ? 0 : 1).Take(MostObservations).Order()];
    }

    private bool Believe(int[] used, double[][] inputs, IReadOnlyList<SearchPoint> pending)
    {
        double[][] believed = [.. pending.Select(point =>
        {
            double[] mean = new double[Count];
            Predict(point, mean, new double[Count]);
            return mean;
        })];
        double[][] allInputs = [.. inputs, .. pending.Select(point => SurrogateInputs.Of(_space, point))];
        for (int k = 0; k < Count; k++)
        {
            if (_learnt[k] is { } process)
            {
                _learnt[k] = process.With(allInputs, [.. used.Select(i => Observed[i][k]), .. believed.Select(values => values[k])]);
                if (_learnt[k] is null)
                {
                    return false;
                }
            }
        }

        Observed = [.. Observed, .. believed];
        return true;
    }
}
