using Endpoints.Pruning.Baselines;
using Endpoints.Pruning.Runs;
using Endpoints.Pruning.Runs.Storage.Folders;

namespace Endpoints.Pruning.Pipeline;

/// <summary>Evaluates a method's networks one after the other, each into the folder's journal as soon as it is done; what is there already is not done again.</summary>
internal sealed class PrunedSeries(string folder, TimeProvider time, Action<PruningProgress>? progress, Action<string>? notice)
{
    private int _finished;
    private int _total;

    /// <summary>Tells the user which phase a method begins.</summary>
    public void Phase(string phase) => progress?.Invoke(new PruningProgress(_finished, _total, phase, null));

    /// <summary>Runs the series to its end, or continues it.</summary>
    /// <param name="configuration">What the journal is of.</param>
    /// <param name="method">Makes the networks.</param>
    /// <param name="measure">Evaluates them.</param>
    /// <param name="save">Receives each network with its trial before that is journaled; may be null.</param>
    /// <param name="cancellationToken">Stops between two networks; finished ones are kept.</param>
    /// <exception cref="InvalidDataException">The folder belongs to another run, or its journal is corrupt.</exception>
    /// <exception cref="IOException">Another run is using the folder.</exception>
    public FrontReport Run(
        RunConfiguration configuration, IPruningMethod method, PrunedNetworkMeasure measure, Action<Trial, PrunedNetwork>? save, CancellationToken cancellationToken)
    {
        RunFolder.Create(folder);
        using FileStream held = FileLock.TryTake(Path.Combine(folder, "journal.lock"))
            ?? throw new IOException($"Another run is using {folder}: wait until it ends, or use another folder.");
        using TrialJournal journal = TrialJournal.Open(folder, configuration);
        List<Trial> trials = [.. journal.ReadNew()];
        if (journal.Notice is { } repaired)
        {
            notice?.Invoke(repaired);
        }

        (_finished, _total) = (trials.Count, method.Count);
        int before = _finished;
        long start = time.GetTimestamp();
        foreach (PrunedNetwork network in _finished < _total ? method.Prune(before, cancellationToken) : [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            Trial trial = measure.Evaluate(_finished, network, cancellationToken);
            save?.Invoke(trial, network);
            journal.Append(trial);
            trials.Add(trial);
            _finished++;
            progress?.Invoke(new PruningProgress(_finished, _total, null, time.GetElapsedTime(start) / (_finished - before) * (_total - _finished)));
        }

        var report = new FrontReport(configuration, trials);
        FrontFiles.Write(folder, report);
        return report;
    }
}
