namespace Endpoints.Hub.Transfer;

/// <summary>
/// One process (and one caller in it) at a time, by a lock on a file: <c>flock</c> on Unix, which Hugging Face's client takes on the same file too. The file
/// stays: who removed it could take it from under another that waits. The system frees the lock of a process that dies.
/// </summary>
public sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Waits until the lock is free and takes it.</summary>
    /// <param name="path">The lock's file; folders are made.</param>
    /// <param name="name">What it guards, for the note that tells of the wait.</param>
    /// <param name="time">Measures the pauses between looks.</param>
    /// <param name="progress">Hears of the wait once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<FileLock> TakeAsync(string path, string name, TimeProvider time, ITransferProgress progress, CancellationToken cancellationToken)
    {
        for (bool told = false; ; told = true)
        {
            try
            {
                // Each time: who held the lock may have removed the folder when it was done.
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException exception) when (IsHeld(exception))
            {
                if (!told)
                {
                    progress.Note($"Another process is downloading {name}: waiting for it.");
                }

                await Task.Delay(Poll, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Lets the next one in.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>EWOULDBLOCK on Linux and on macOS, a sharing violation on Windows.</summary>
    private static bool IsHeld(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
