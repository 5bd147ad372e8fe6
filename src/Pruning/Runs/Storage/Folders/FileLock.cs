namespace Endpoints.Pruning.Runs.Storage.Folders;

/// <summary>A file that one process at a time holds. The system lets go of it when the process ends, however it ends.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    /// <summary>Holds the file; null when another process does.</summary>
    public static FileStream? TryTake(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw RunFolder.NotWritable(Path.GetDirectoryName(path)!, exception);
        }
    }

    /// <summary>Waits until it can hold the file.</summary>
    /// <exception cref="IOException">Another process holds it for longer than its short work can take, or it cannot be written.</exception>
    public static FileStream Take(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryTake(path) is { } held)
            {
                return held;
            }

            if (time.GetElapsedTime(start) >= Limit)
            {
                throw new IOException(
                    $"Another run is using {Path.GetDirectoryName(path)} and has held {Path.GetFileName(path)} for {Limit.TotalSeconds:0} s: end it if it hangs, or use another folder.");
            }

            cancellationToken.WaitHandle.WaitOne(Pause);
        }
    }

    /// <summary>True when a process holds the file.</summary>
    public static bool IsTaken(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using FileStream? mine = TryTake(path);
        return mine is null;
    }

    /// <summary>The code is the system's own: EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION of Windows.</summary>
    private static bool IsHeld(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
