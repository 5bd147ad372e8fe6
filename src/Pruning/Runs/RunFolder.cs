using System.Runtime.InteropServices;

namespace Endpoints.Pruning.Runs;

/// <summary>How files get into a run's folder, so that neither a kill nor a power failure leaves half of one.</summary>
internal static partial class RunFolder
{
    /// <summary>The folder of what each worker says of itself.</summary>
    public static string WorkersOf(string folder) => Path.Combine(folder, "workers");

    /// <summary>Makes sure that there is such a folder.</summary>
    /// <exception cref="IOException">There cannot be; the message says what to do.</exception>
    public static void Create(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(folder, exception);
        }
    }

    /// <summary>What to tell a user whose folder cannot be written.</summary>
    public static IOException NotWritable(string folder, Exception exception) => new(
        $"The run's folder {folder} cannot be written ({exception.Message.TrimEnd('.')}). Make room there and allow writing, or use another folder; finished trials are kept.", exception);

    /// <summary>Writes a file whole: a reader finds the old one or the new one.</summary>
    /// <exception cref="IOException">It cannot be written; the message says what to do.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> contents)
    {
        string beside = $"{path}.{Environment.ProcessId}.new";
        try
        {
            File.WriteAllBytes(beside, contents);
            File.Move(beside, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(beside);
            throw NotWritable(Path.GetDirectoryName(path)!, exception);
        }
    }

    /// <summary>Puts the folder's list of files on the disk: until then a power failure may take a new file away, however well its contents are kept.</summary>
    /// <remarks>Windows keeps the list in its file system's journal and has no such call.</remarks>
    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int handle = Open(folder, 0);
        if (handle < 0 || Synchronize(handle) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new IOException($"The folder {folder} could not be put on the disk ({Marshal.GetPInvokeErrorMessage(error)}).");
        }

        _ = Close(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
