namespace Endpoints.Pruning.Runs.Storage.Folders;

/// <summary>
/// A folder shared by processes of one machine: <c>journal.jsonl</c> has the finished trials, <c>claims.json</c> those in evaluation, and
/// <c>journal.lock</c> is held while either is read or written. Every worker holds <c>workers/NAME.lock</c> while it lives, so the next one to look
/// knows at once that it is dead, however it ended.
/// </summary>
internal sealed class FolderStorage : ITrialStorage
{
    private readonly TimeProvider _time;
    private readonly TrialJournal _journal;
    private readonly ClaimFile _claims;
    private readonly FileStream _alive;

    private FolderStorage(string folder, string worker, TimeProvider time, TrialJournal journal, FileStream alive)
    {
        (Location, Worker, _time, _journal, _alive) = (folder, worker, time, journal, alive);
        _claims = new ClaimFile(folder);
    }

    public string Location { get; }

    public string Worker { get; }

    public string? OpeningNotice => _journal.Notice;

    public TimeSpan PollInterval { get; } = TimeSpan.FromMilliseconds(50);

    /// <exception cref="InvalidDataException">The folder belongs to another configuration, or its journal is corrupt; the message names file and line.</exception>
    /// <exception cref="IOException">The folder cannot be written, or another process holds its lock for too long.</exception>
    public static FolderStorage Open(string folder, RunConfiguration configuration, string worker, TimeProvider time)
    {
        RunFolder.Create(folder);
        try
        {
            using FileStream held = FileLock.Take(LockOf(folder), time, CancellationToken.None);
            TrialJournal journal = TrialJournal.Open(folder, configuration);
            try
            {
                if (journal.IsNew)
                {
                    ForgetClaims(folder);
                }

                RunFolder.Create(RunFolder.WorkersOf(folder));
                FileStream alive = FileLock.TryTake(AliveOf(folder, worker)) ?? throw new IOException($"There is a worker {worker} in {folder} already.");
                return new FolderStorage(folder, worker, time, journal, alive);
            }
            catch
            {
                journal.Dispose();
                throw;
            }
        }
        catch (UnauthorizedAccessException exception)
        {
            throw RunFolder.NotWritable(folder, exception);
        }
    }

    public bool IsFolder(string folder) => Path.GetFullPath(folder) == Path.GetFullPath(Location);

    public void RecordWorker(string environment) =>
        RunFolder.Replace(Path.Combine(RunFolder.WorkersOf(Location), $"{Worker}.json"), System.Text.Encoding.UTF8.GetBytes(environment + "\n"));

    public IRunLock Lock(CancellationToken cancellationToken) => new RunLock(this, FileLock.Take(LockOf(Location), _time, cancellationToken));

    public bool Finish(Trial trial)
    {
        using FileStream held = FileLock.Take(LockOf(Location), _time, CancellationToken.None);
        bool first = _journal.Append(trial);
        _claims.Write([.. _claims.Read().Where(claim => claim.Id != trial.Id)]);
        return first;
    }

    public void GiveBack(TrialClaim claim)
    {
        try
        {
            using FileStream held = FileLock.Take(LockOf(Location), _time, CancellationToken.None);
            _claims.Write([.. _claims.Read().Select(other => other.Id == claim.Id && other.Worker == Worker ? other with { Worker = null } : other)]);
        }
        catch (IOException)
        {
            // Why the worker gives it back matters more; the claim ends with the worker anyway.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _journal.Dispose();
        _alive.Dispose();
        File.Delete(AliveOf(Location, Worker));
    }

    private static string LockOf(string folder) => Path.Combine(folder, "journal.lock");

    private static string AliveOf(string folder, string worker) => Path.Combine(RunFolder.WorkersOf(folder), $"{worker}.lock");

    /// <summary>The claims of a journal that is gone say nothing of the new one.</summary>
    private static void ForgetClaims(string folder)
    {
        var claims = new ClaimFile(folder);
        if (claims.Read().Any(claim => claim.Worker is { } worker && FileLock.IsTaken(AliveOf(folder, worker))))
        {
            throw new IOException($"Another run is using {folder}, though its journal was removed: wait until it ends, or use another folder.");
        }

        claims.Write([]);
    }

    private sealed class RunLock(FolderStorage storage, FileStream held) : IRunLock
    {
        public RunState Read() => new(storage._journal.ReadNew(), [.. Unfinished().Select(claim => new TrialClaim(claim.Id, claim.Point))]);

        public TrialClaim? TakeFree()
        {
            FolderClaim[] claims = Unfinished();
            if (claims.FirstOrDefault(claim => !IsHeld(claim)) is not { } free)
            {
                return null;
            }

            storage._claims.Write([.. claims.Select(claim => claim.Id == free.Id ? claim with { Worker = storage.Worker } : claim)]);
            return new TrialClaim(free.Id, free.Point);
        }

        public void Add(TrialClaim claim) => storage._claims.Write([.. Unfinished(), new FolderClaim(claim.Id, claim.Point, storage.Worker)]);

        public void Dispose() => held.Dispose();

        /// <summary>Without those that a worker finished but was killed before it took them off the list.</summary>
        private FolderClaim[] Unfinished() => [.. storage._claims.Read().Where(claim => !storage._journal.Has(claim.Id)).OrderBy(claim => claim.Id)];

        private bool IsHeld(FolderClaim claim)
        {
            if (claim.Worker is null || claim.Worker == storage.Worker)
            {
                return false;
            }

            string alive = AliveOf(storage.Location, claim.Worker);
            if (FileLock.IsTaken(alive))
            {
                return true;
            }

            File.Delete(alive);
            return false;
        }
    }
}
