namespace Endpoints.Pruning.Runs;

/// <summary>
/// The finished trials of a search, in <c>journal.jsonl</c> of the run's folder: a header, then one line a trial, in the order in which they finished.
/// Whoever opens it to write, or writes, holds the run's lock meanwhile; reading needs none.
/// </summary>
public sealed class TrialJournal : IDisposable
{
    /// <summary>Name of the journal in a run's folder.</summary>
    public const string FileName = "journal.jsonl";

    private readonly FileStream _file;
    private readonly JournalReader _reader;
    private readonly List<Trial> _unread = [];

    private TrialJournal(FileStream file, JournalReader reader, bool isNew, string? notice) => (_file, _reader, IsNew, Notice) = (file, reader, isNew, notice);

    /// <summary>True when there was no journal before.</summary>
    internal bool IsNew { get; }

    /// <summary>What was repaired on opening, in a sentence; null where nothing was.</summary>
    internal string? Notice { get; }

    /// <summary>Reads a folder's journal without holding it: also while workers are adding to it.</summary>
    /// <returns>The configuration, and the trials by id.</returns>
    /// <exception cref="InvalidDataException">There is no journal, it has no trial's header yet, or it is corrupt.</exception>
    public static (RunConfiguration Configuration, IReadOnlyList<Trial> Trials) Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{folder} holds no search: expected {FileName} there.");
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var reader = new JournalReader(path);
        Trial[] trials = [.. reader.Read(bytes)];
        return reader.Header is null
            ? throw new InvalidDataException($"{path} has no finished line: the search that it is of was stopped before its first trial.")
            : (reader.Header.Configuration, [.. trials.OrderBy(trial => trial.Id)]);
    }

    /// <summary>Opens a folder's journal, or starts one.</summary>
    /// <exception cref="InvalidDataException">The journal belongs to another configuration, or is corrupt; the message names file and line.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal static TrialJournal Open(string folder, RunConfiguration configuration)
    {
        string path = Path.Combine(folder, FileName);
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        try
        {
            var reader = new JournalReader(path);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            IReadOnlyList<Trial> trials = reader.Read(bytes);
            CheckSameConfiguration(reader.Header, configuration, path);
            string? notice = null;
            if (reader.FinishedLength < bytes.Length)
            {
                notice = $"{path} ended in a half-written line of {bytes.Length - reader.FinishedLength} bytes, which was removed: "
                    + (reader.Header is null ? "no trial had finished." : $"its trial runs again; the {trials.Count} before it are kept.");
                file.SetLength(reader.FinishedLength);
            }

            var journal = new TrialJournal(file, reader, reader.Header is null, notice);
            journal._unread.AddRange(trials);
            if (journal.IsNew)
            {
                journal.Write(JournalText.HeaderLine(configuration));
                RunFolder.Flush(Path.GetFullPath(folder));
            }

            return journal;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Throws when a folder that is to get a copy has the journal of another search.</summary>
    /// <exception cref="InvalidDataException">It has, or one that cannot be read.</exception>
    internal static void CheckCopy(string folder, RunConfiguration configuration)
    {
        string path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            var reader = new JournalReader(path);
            reader.Read(File.ReadAllBytes(path));
            CheckSameConfiguration(reader.Header, configuration, path);
        }
    }

    /// <summary>Writes the journal of trials that are kept elsewhere, so that the folder can be read as any run's.</summary>
    internal static void WriteCopy(string folder, RunConfiguration configuration, IEnumerable<Trial> trials) => RunFolder.Replace(
        Path.Combine(folder, FileName), [.. JournalText.HeaderLine(configuration), .. trials.SelectMany(JournalText.TrialLine)]);

    /// <summary>The trials that others finished since the last call; all, the first time.</summary>
    /// <exception cref="InvalidDataException">A new line is corrupt, or old ones are gone.</exception>
    internal IReadOnlyList<Trial> ReadNew()
    {
        CatchUp();
        Trial[] trials = [.. _unread];
        _unread.Clear();
        return trials;
    }

    /// <summary>True when the trial is there, as far as lines were read.</summary>
    internal bool Has(int id) => _reader.Has(id);

    /// <summary>Adds a trial. When this returns, the line is on the disk.</summary>
    /// <returns>False when the trial is there already.</returns>
    /// <exception cref="IOException">It could not be written; the trials before it are safe.</exception>
    internal bool Append(Trial trial)
    {
        if (trial.Id < 0 || !trial.Values.All(double.IsFinite))
        {
            throw new ArgumentException($"A trial with finite values is expected, not trial {trial.Id} with {string.Join(", ", trial.Values)}.");
        }

        CatchUp();
        if (Has(trial.Id))
        {
            return false;
        }

        try
        {
            Write(JournalText.TrialLine(trial));
            return true;
        }
        catch (Exception exception) when (exception is IOException or ArgumentOutOfRangeException)
        {
            // The second is what .NET makes of a limit on a file's size. The half-written line goes, so that no later one continues it; the next worker
            // would remove it as well.
            _file.SetLength(_reader.FinishedLength);
            throw new IOException(
                $"Trial {trial.Id} could not be written to {_file.Name} ({exception.Message.TrimEnd('.')}). The {_reader.Count} trials before it are safe; run again to continue.",
                exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void CheckSameConfiguration(JournalHeader? header, RunConfiguration configuration, string path)
    {
        if (header is not null && header.Hash != configuration.Hash())
        {
            throw new InvalidDataException(
                $"{path} belongs to another search: {configuration.DifferencesFrom(header.Configuration)}. Use the same settings to continue it, or another folder.");
        }
    }

    private void CatchUp()
    {
        byte[] bytes = new byte[_reader.Remaining(_file.Length)];
        _file.Position = _reader.FinishedLength;
        _file.ReadExactly(bytes);
        _unread.AddRange(_reader.Read(bytes));
        if (_file.Length > _reader.FinishedLength)
        {
            // The lock is ours, so who began the line is dead.
            _file.SetLength(_reader.FinishedLength);
        }
    }

    private void Write(byte[] line)
    {
        _file.Position = _file.Length;
        _file.Write(line);
        _file.Flush(flushToDisk: true);
        _reader.Read(line);
    }
}
