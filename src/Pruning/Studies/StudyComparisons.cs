using Endpoints.Bert;
using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Training;
using Endpoints.Pruning.Pipeline;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.StandAlone;
using Endpoints.Pruning.Tasks;

namespace Endpoints.Pruning.Studies;

/// <summary>The steps that put other methods beside the searches: pruning of a network fine-tuned as usual, and fine-tuning of sub-networks alone.</summary>
internal sealed class StudyComparisons(StudyPlan plan, string folder, StudySteps steps, TimeProvider time)
{
    /// <summary>What a run writes last.</summary>
    private const string Done = "front.json";

    /// <summary>Runs a comparison, unless it is finished.</summary>
    public void Run(StudyUnit unit, string method, TaskData data, Checkpoint standard, CpuEngine engine, int threads, CancellationToken cancellationToken)
    {
        string place = Path.Combine(folder, unit.ComparisonFolder(method));
        if (File.Exists(Path.Combine(place, Done)))
        {
            return;
        }

        if (method is StudyUnit.StandAlone or StudyUnit.LayerDropping)
        {
            Checkpoint start = steps.Start(unit, data.Definition);
            SearchSettings settings = Alone(unit, method == StudyUnit.LayerDropping ? method : "random", threads) with
            {
                Trials = method == StudyUnit.LayerDropping ? start.Config.LayerCount : plan.StandAlone,
            };
            SuperNetworkSearch.Run(data, start, settings, place, engine, time, cancellationToken: cancellationToken);
        }
        else
        {
            var settings = new PruningSettings { Method = method, Seed = unit.Seed, MaxLength = plan.Training.MaxLength, Threads = threads };
            PruningRun.Run(data, standard, settings, place, engine, time, cancellationToken: cancellationToken);
        }
    }

    /// <summary>Every comparison that is finished.</summary>
    public IReadOnlyList<StudyCurve> Finished() =>
    [
        .. from unit in StudyUnit.Of(plan)
           from method in unit.Comparisons
           let place = Path.Combine(folder, unit.ComparisonFolder(method))
           where File.Exists(Path.Combine(place, Done))
           select new StudyCurve($"{unit.Task.Name}, {unit.Model.Name}", method, unit.Seed, PointsOf(FrontReport.Read(place), steps.Training(unit).Parameters)),
    ];

    private static StudyPoint[] PointsOf(FrontReport report, long whole) =>
    [
        .. from trial in report.Trials
           let test = trial.Details.TryGetValue("test_error", out double error) ? error : 1 - PruningRun.Detail(trial, "test_score")
           where double.IsFinite(test)
           select new StudyPoint(report.Value(trial, "parameters") / whole, report.Value(trial, "error"), test),
    ];

    private SearchSettings Alone(StudyUnit unit, string method, int threads) => new()
    {
        Space = unit.Space,
        Method = method,
        Objectives = ["error", "parameters"],
        Seed = unit.Seed,
        MaxLength = plan.Training.MaxLength,
        StandAlone = new StandAloneSettings
        {
            FineTuning = steps.FineTuning(unit),
            Trainer = new TrainerOptions { Seed = unit.Seed, Threads = threads },
        },
    };
}

/// <summary>A network of a comparison.</summary>
/// <param name="Share">Its parameters, those set to zero left out, as a share of the whole network's.</param>
/// <param name="ValidationError">1 - metric on the validation part.</param>
/// <param name="TestError">The same on the test part.</param>
public readonly record struct StudyPoint(double Share, double ValidationError, double TestError);

/// <summary>The networks of one method and seed, with their sizes and errors.</summary>
/// <param name="Setting">Task and model.</param>
/// <param name="Method">What made them.</param>
/// <param name="Seed">Of the network and the method.</param>
/// <param name="Points">The networks.</param>
public sealed record StudyCurve(string Setting, string Method, int Seed, IReadOnlyList<StudyPoint> Points)
{
    /// <summary>At each of the paper's sizes, the test error of the network with the least validation error among the smaller ones; null where there is none.</summary>
    public IReadOnlyList<double?> BestErrors()
    {
        // Of equally good ones the smallest.
        StudyPoint[] sorted = [.. Points.OrderBy(point => point.Share)];
        return
        [
            .. Fronts.ErrorAgainstSize.Best([.. sorted.Select(point => point.Share)], [.. sorted.Select(point => point.ValidationError)], Fronts.ErrorAgainstSize.Limits)
                .Select(i => i is { } best ? sorted[best].TestError : (double?)null),
        ];
    }
}
