namespace Endpoints.Pruning.Runs;

/// <summary>
/// The finished trials of a search, in <c>journal.jsonl</c> of the run's folder: a header, then one line a trial, each on the disk before the next
/// trial starts. One run at a time may hold a folder's journal open.
/// </summary>
public sealed class TrialJournal : IDisposable
{
    /// <summary>Name of the journal in a run's folder.</summary>
    public const string FileName = "journal.jsonl";

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly FileStream _file;
    private readonly List<Trial> _trials;

    private TrialJournal(string path, FileStream lockFile, FileStream file, List<Trial> trials, string? notice)
    {
        (_path, _lock, _file, _trials, Notice) = (path, lockFile, file, trials, notice);
    }

    /// <summary>The finished trials, in order.</summary>
    public IReadOnlyList<Trial> Trials => _trials;

    /// <summary>What was repaired on opening, in a sentence; null where nothing was.</summary>
    public string? Notice { get; }

    /// <summary>Opens a folder's journal, or starts one.</summary>
    /// <exception cref="InvalidDataException">The journal belongs to another configuration, or is corrupt; the message names file and line.</exception>
    /// <exception cref="IOException">Another run holds the folder, or it cannot be written.</exception>
    public static TrialJournal Open(string folder, RunConfiguration configuration)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, FileName);
        FileStream lockFile = Lock(folder);
        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            byte[] bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            JournalText text = JournalText.Parse(bytes, path);
            CheckSameConfiguration(text.Header, configuration, path);
            string? notice = null;
            if (text.FinishedLength < bytes.Length)
            {
                notice = $"{path} ended in a half-written line of {bytes.Length - text.FinishedLength} bytes, which was removed: "
                    + (text.Header is null ? "no trial had finished." : $"trial {text.Trials.Count} runs again.");
                file.SetLength(text.FinishedLength);
                file.Position = text.FinishedLength;
            }

            var journal = new TrialJournal(path, lockFile, file, [.. text.Trials], notice);
            if (text.Header is null)
            {
                journal.Write(JournalText.HeaderLine(configuration));
            }

            return journal;
        }
        catch
        {
            file?.Dispose();
            lockFile.Dispose();
            throw;
        }
    }

    /// <summary>Reads a folder's journal without holding it: also while a run is adding to it.</summary>
    /// <exception cref="InvalidDataException">There is no journal, it has no trial's header yet, or it is corrupt.</exception>
    public static (RunConfiguration Configuration, IReadOnlyList<Trial> Trials) Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"{folder} holds no search: expected {FileName} there.");
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        JournalText text = JournalText.Parse(bytes, path);
        return text.Header is null
            ? throw new InvalidDataException($"{path} has no finished line: the search that it is of was stopped before its first trial.")
            : (text.Header.Configuration, text.Trials);
    }

    /// <summary>Adds the next trial. When this returns, the line is on the disk.</summary>
    /// <exception cref="IOException">It could not be written; the trials before it are safe.</exception>
    public void Append(Trial trial)
    {
        if (trial.Id != _trials.Count || !trial.Values.All(double.IsFinite))
        {
            throw new ArgumentException($"Trial {_trials.Count} with finite values is expected next, not trial {trial.Id} with {string.Join(", ", trial.Values)}.");
        }

        long length = _file.Length;
        try
        {
            Write(JournalText.TrialLine(trial));
        }
        catch (IOException exception)
        {
            // So that a later trial does not continue the half-written line; the next run would remove it as well.
            _file.SetLength(length);
            _file.Position = length;
            throw new IOException(
                $"Trial {trial.Id} could not be written to {_path} ({exception.Message}). The {_trials.Count} trials before it are safe; run again to continue.", exception);
        }

        _trials.Add(trial);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    private static void CheckSameConfiguration(JournalHeader? header, RunConfiguration configuration, string path)
    {
        if (header is not null && header.Hash != configuration.Hash())
        {
            throw new InvalidDataException(
                $"{path} belongs to another search: {configuration.DifferencesFrom(header.Configuration)}. Use the same settings to continue it, or another folder.");
        }
    }

    /// <summary>A file of its own, so that the journal can be read while a run holds it. The system lets go of it when the process ends, however it ends.</summary>
    private static FileStream Lock(string folder)
    {
        string path = Path.Combine(folder, "journal.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (File.Exists(path))
        {
            throw new IOException($"Another run is using {folder}: wait until it ends, or use another folder.", exception);
        }
    }

    private void Write(byte[] line)
    {
        _file.Write(line);
        _file.Flush(flushToDisk: true);
    }
}
