using Endpoints.Pruning.Fronts;
using Endpoints.Pruning.Runs;

namespace Endpoints.Pruning.Studies;

/// <summary>
/// Hypervolume of every search of a study after each of its trials (section 4 of the paper): error and parameters, each normalised by its quantiles over all trials of all
/// searches of the same task and model, up to (2, 2). At most 4; regret is what is missing to 4.
/// </summary>
internal sealed class StudyHypervolumes
{
    /// <summary>The most that two objectives in 0..1 can have below (2, 2).</summary>
    public const double Most = 4;

    private static readonly double[] Reference = [2, 2];
    private readonly Dictionary<StudySearch, double[]> _afterTrials = [];

    public StudyHypervolumes(IReadOnlyList<StudySearch> searches)
    {
        foreach (IGrouping<string, StudySearch> setting in searches.GroupBy(search => search.Setting))
        {
            StudySearch[] members = [.. setting];
            double[][] all = [.. members.SelectMany(search => search.Report.Trials.Select(trial => Point(search.Report, trial)))];
            var normalized = new Queue<double[]>(Normalization.Quantile(all));
            foreach (StudySearch search in members)
            {
                var points = new List<double[]>();
                _afterTrials[search] = [.. search.Report.Trials.Select(_ =>
                {
                    points.Add(normalized.Dequeue());
                    return Hypervolume.Of(points, Reference);
                })];
            }
        }
    }

    /// <summary>After all trials.</summary>
    public double Of(StudySearch search) => _afterTrials[search][^1];

    /// <summary>After the first, the second, ... trial.</summary>
    public IReadOnlyList<double> AfterTrials(StudySearch search) => _afterTrials[search];

    private static double[] Point(FrontReport report, Trial trial) => [report.Value(trial, "error"), report.Value(trial, "parameters")];
}
