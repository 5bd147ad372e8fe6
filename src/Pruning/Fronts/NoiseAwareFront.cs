using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Statistics;
using Endpoints.Pruning.Tasks.Metrics;

namespace Endpoints.Pruning.Fronts;

/// <summary>
/// The front without differences that chance explains: going from small to large, a trial of the Pareto front stays only if every one that stayed so far and is
/// nowhere larger in the other objectives makes significantly more errors (<see cref="PairedTest"/>, one-sided, 5 %). So each step up in size is one that the examples vouch for.
/// </summary>
internal sealed class NoiseAwareFront(ValidationTruth truth, int errorIndex)
{
    private readonly IMetric _metric = MetricCatalog.Find(truth.Metric);
    private readonly float[] _targets = PredictionText.Decode(truth.Targets);

    /// <summary>The trials that stay, from small to large.</summary>
    public IReadOnlyList<Trial> Of(IEnumerable<Trial> front)
    {
        var kept = new List<Trial>();
        foreach (Trial trial in front.OrderBy(Others, Comparer<double[]>.Create(Compare)).ThenBy(trial => trial.Values[errorIndex]).ThenBy(trial => trial.Id))
        {
            // The nearest in size is the likeliest to do as well.
            if (!kept.AsEnumerable().Reverse().Any(smaller => IsNowhereLarger(smaller, trial) && !IsWorse(smaller, trial, PairedTest.Level)))
            {
                kept.Add(trial);
            }
        }

        return kept;
    }

    /// <summary>True when a trial makes significantly more errors than another; without predictions of both, when its error is larger.</summary>
    public bool IsWorse(Trial trial, Trial reference, double level)
    {
        if (trial.Values[errorIndex] <= reference.Values[errorIndex])
        {
            return false;
        }

        return Decode(trial) is not { } found || Decode(reference) is not { } expected || PairedTest.WorseThan(_metric, found, expected, _targets) < level;
    }

    private float[]? Decode(Trial trial) => trial.Predictions is null ? null : PredictionText.Decode(trial.Predictions) is var predictions && predictions.Length == _targets.Length
        ? predictions
        : throw new InvalidDataException($"Trial {trial.Id} has {predictions.Length} predictions for {_targets.Length} validation examples: the journal was changed.");

    private double[] Others(Trial trial) => [.. trial.Values.Where((_, i) => i != errorIndex)];

    private bool IsNowhereLarger(Trial trial, Trial other) => Others(trial).Zip(Others(other)).All(pair => pair.First <= pair.Second);

    private static int Compare(double[]? first, double[]? second) => first!.Zip(second!).Select(pair => pair.First.CompareTo(pair.Second)).FirstOrDefault(order => order != 0);
}
