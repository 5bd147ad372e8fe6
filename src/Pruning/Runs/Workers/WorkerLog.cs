using System.Globalization;
using Endpoints.Pruning.Runs.Storage;

namespace Endpoints.Pruning.Runs.Workers;

/// <summary>What a worker did, for the user and in <c>workers/NAME.log</c> of the run's folder: one line a happening, with its time.</summary>
internal sealed class WorkerLog : IDisposable
{
    private readonly StreamWriter _file;
    private readonly TimeProvider _time;
    private readonly Action<string>? _user;

    private WorkerLog(StreamWriter file, TimeProvider time, Action<string>? user) => (_file, _time, _user) = (file, time, user);

    /// <summary>Begins the log, and records the worker's environment where its trials go.</summary>
    public static WorkerLog Start(SearchSetup setup, ITrialStorage storage)
    {
        string folder = RunFolder.WorkersOf(setup.Folder);
        RunFolder.Create(folder);
        var log = new WorkerLog(Open(Path.Combine(folder, $"{storage.Worker}.log")), setup.Time, setup.Notice);
        storage.RecordWorker(RunEnvironment.Of(setup));
        log.Write($"Started; trials are kept in {storage.Location}.");
        if (storage.OpeningNotice is { } notice)
        {
            log.Notice(notice);
        }

        return log;
    }

    /// <summary>Writes a line that only the file gets.</summary>
    public void Write(string text) =>
        _file.WriteLine($"{_time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)} {text.ReplaceLineEndings(" ")}");

    /// <summary>Writes a line that the user sees as well.</summary>
    public void Notice(string text)
    {
        _user?.Invoke(text);
        Write(text);
    }

    /// <summary>Says what ended the worker early. A log that cannot be written must not hide it.</summary>
    public void WriteEnd(Exception exception)
    {
        try
        {
            Write(exception is OperationCanceledException ? "Stopped on request." : $"Failed: {exception.Message}");
        }
        catch (IOException)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static StreamWriter Open(string path)
    {
        try
        {
            return new StreamWriter(path, append: true) { AutoFlush = true };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw RunFolder.NotWritable(Path.GetDirectoryName(path)!, exception);
        }
    }
}
