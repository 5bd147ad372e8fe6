using Endpoints.Pruning.Runs.Storage;
using Endpoints.Pruning.Runs.Workers;

namespace Endpoints.Pruning.Runs;

/// <summary>A search from its first trial, or from where an earlier one stopped, to its Pareto front.</summary>
public static class SearchRun
{
    /// <summary>
    /// Works on a search until it has all its trials: finished trials are never repeated, and those that a killed worker left are evaluated again. A
    /// single worker ends where it would have ended undisturbed (as far as its objectives give the same value twice, which a measured latency does
    /// not). Several workers share a search by giving the same storage.
    /// </summary>
    /// <returns>All trials with their Pareto front, also written to the folder.</returns>
    /// <exception cref="InvalidDataException">The storage belongs to another search or is corrupt, or an objective gave no finite value.</exception>
    /// <exception cref="IOException">The folder or the storage cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; finished trials are kept, the one in evaluation is given back.</exception>
    public static FrontReport Run(SearchSetup setup, CancellationToken cancellationToken = default)
    {
        CheckObjectives(setup);
        CheckScheduler(setup);
        using ITrialStorage storage = StorageOpening.Open(setup);
        bool elsewhere = !storage.IsFolder(setup.Folder);
        if (elsewhere)
        {
            TrialJournal.CheckCopy(setup.Folder, setup.Configuration);
        }

        using WorkerLog log = WorkerLog.Start(setup, storage);
        try
        {
            setup.Truth?.Write(setup.Folder);
            var report = new FrontReport(setup.Configuration, new SearchWorker(setup, storage, log).Work(cancellationToken), setup.Truth);
            if (elsewhere)
            {
                TrialJournal.WriteCopy(setup.Folder, setup.Configuration, report.Trials);
            }

            FrontFiles.Write(setup.Folder, report);
            log.Write($"Finished: {report.Trials.Count} trials, {report.Front.Count} of them on the front.");
            return report;
        }
        catch (Exception exception)
        {
            log.WriteEnd(exception);
            throw;
        }
    }

    private static void CheckScheduler(SearchSetup setup)
    {
        if (setup.Scheduler?.Name != setup.Configuration.Scheduler)
        {
            throw new ArgumentException(
                $"The trial scheduler ({setup.Scheduler?.Name ?? "none"}) must be that of the configuration ({setup.Configuration.Scheduler ?? "none"}).");
        }
    }

    private static void CheckObjectives(SearchSetup setup)
    {
        if (setup.Objectives.Count == 0
            || !setup.Objectives.Select(objective => objective.Name).SequenceEqual(setup.Configuration.Objectives.Select(objective => objective.Name)))
        {
            throw new ArgumentException(
                $"The objectives ({string.Join(", ", setup.Objectives.Select(objective => objective.Name))}) must be those of the configuration "
                + $"({string.Join(", ", setup.Configuration.Objectives.Select(objective => objective.Name))}), and at least one.");
        }
    }
}
