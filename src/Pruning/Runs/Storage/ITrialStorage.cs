using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.Runs.Storage;

/// <summary>A trial that one worker evaluates.</summary>
/// <param name="Id">Number of the trial in its run.</param>
/// <param name="Point">What to evaluate.</param>
internal sealed record TrialClaim(int Id, SearchPoint Point);

/// <summary>A run at one moment.</summary>
/// <param name="Finished">The trials that were finished since this worker last read; all, the first time.</param>
/// <param name="Claimed">The trials that were claimed, by any worker, and are not finished.</param>
internal readonly record struct RunState(IReadOnlyList<Trial> Finished, IReadOnlyList<TrialClaim> Claimed);

/// <summary>
/// Where the trials of one search are kept, and given out to the workers that share it. Each worker opens its own. A claim ends when its trial is
/// finished, when it is given back, or when the storage finds that its worker is dead. Not thread-safe.
/// </summary>
internal interface ITrialStorage : IDisposable
{
    /// <summary>Where this is, for messages; never with a password.</summary>
    string Location { get; }

    /// <summary>This worker's name; no other one has it.</summary>
    string Worker { get; }

    /// <summary>What was repaired on opening, in a sentence; null where nothing was.</summary>
    string? OpeningNotice { get; }

    /// <summary>How long to wait between two looks for something to claim.</summary>
    TimeSpan PollInterval { get; }

    /// <summary>True when the storage is this folder, so that its journal needs no copy there.</summary>
    bool IsFolder(string folder);

    /// <summary>Keeps what a worker says of its environment, a line of JSON.</summary>
    void RecordWorker(string environment);

    /// <summary>Waits until no other worker is deciding what to evaluate next, and keeps them from it.</summary>
    /// <exception cref="StorageAwayException">The storage cannot be reached at the moment.</exception>
    IRunLock Lock(CancellationToken cancellationToken);

    /// <summary>Records a finished trial. When this returns, it is on the disk.</summary>
    /// <returns>False when another worker had finished it before; the result there stays.</returns>
    /// <exception cref="StorageAwayException">The storage cannot be reached at the moment; finishing again does no harm.</exception>
    bool Finish(Trial trial);

    /// <summary>Lets another worker evaluate a trial that this one claimed.</summary>
    void GiveBack(TrialClaim claim);
}

/// <summary>A run while this worker alone decides what to evaluate next. After <see cref="TakeFree"/> gave a claim, or <see cref="Add"/>, it is over.</summary>
internal interface IRunLock : IDisposable
{
    /// <summary>Reads what other workers did, as of one moment: a trial is among the finished or among the claimed.</summary>
    RunState Read();

    /// <summary>Takes the first claim whose worker is dead or gave it back, or that this worker made and never heard of; null when there is none.</summary>
    TrialClaim? TakeFree();

    /// <summary>Claims a trial that nobody had before.</summary>
    void Add(TrialClaim claim);
}

/// <summary>A storage that cannot be reached for the moment; trying again may help.</summary>
internal sealed class StorageAwayException(string message, Exception cause) : IOException(message, cause);
