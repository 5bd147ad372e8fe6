using Endpoints.Pruning.Objectives;
using Endpoints.Pruning.SearchMethods;

namespace Endpoints.Pruning.Runs.Workers;

/// <summary>A worker's trial scheduler, kept in step with what all workers finished.</summary>
/// <remarks>It sees whole vectors: the trained objective after an epoch beside the trial's other values, which the trial keeps, so that measured ones too are the same when it is told again.</remarks>
internal sealed class SchedulerInStep
{
    private readonly ITrialScheduler _scheduler;
    private readonly HashSet<int> _told = [];
    private readonly string _trained;
    private readonly int _index;

    public SchedulerInStep(ITrialScheduler scheduler, IReadOnlyList<IObjective> objectives)
    {
        int[] trained = [.. Enumerable.Range(0, objectives.Count).Where(i => objectives[i] is IEpochObjective)];
        _index = trained.Length == 1 ? trained[0] : throw new ArgumentException(
            $"The trial scheduler {scheduler.Name} ends the training of trials, so exactly one objective must be trained for; "
            + $"of {string.Join(", ", objectives.Select(objective => objective.Name))} {trained.Length} are. Search stand-alone with the objective error.");
        (_scheduler, _trained) = (scheduler, objectives[_index].Name);
    }

    /// <summary>Tells the scheduler of trials, in their order; of those that it followed or was told of, nothing.</summary>
    public void Learn(IEnumerable<Trial> trials)
    {
        foreach (Trial trial in trials.Where(trial => !_told.Contains(trial.Id)).OrderBy(trial => trial.Id))
        {
            _told.Add(trial.Id);
            for (int epoch = 1; epoch < _scheduler.MaxEpochs && trial.Details.TryGetValue(IEpochObjective.DetailOf(_trained, epoch), out double value); epoch++)
            {
                GoesOn(trial.Id, trial.Values, epoch, value);
            }
        }
    }

    /// <summary>Follows a trial of this worker.</summary>
    /// <param name="trial">Its number.</param>
    /// <param name="values">Its values of the other objectives.</param>
    /// <param name="epoch">Epochs that it was trained for.</param>
    /// <param name="value">The trained objective's value then.</param>
    public bool GoesOn(int trial, double[] values, int epoch, double value)
    {
        _told.Add(trial);
        double[] then = [.. values];
        then[_index] = value;
        return _scheduler.Report(trial, epoch, then);
    }
}
