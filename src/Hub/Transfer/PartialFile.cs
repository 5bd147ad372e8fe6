using System.Globalization;

namespace Endpoints.Hub.Transfer;

/// <summary>The part of a file that has arrived: <c>NAME.incomplete</c> beside its destination, kept for the next attempt, renamed when it is whole and right.</summary>
internal sealed class PartialFile(string destination)
{
    private const int DiskFullUnix = 28;
    private const int DiskFullWindows = unchecked((int)0x80070070);

    public string FilePath { get; } = $"{destination}.incomplete";

    /// <summary>Bytes that are there.</summary>
    public long Length => new FileInfo(FilePath) is { Exists: true } file ? file.Length : 0;

    /// <summary>Says that it was kept, for an error's end.</summary>
    public string Kept => Length > 0 ? $" What arrived is kept in {FilePath}, and the next attempt goes on from there." : "";

    /// <summary>True when there is nothing left to ask for.</summary>
    public bool Has(long? size) => File.Exists(FilePath) && Length >= size;

    public void Delete() => File.Delete(FilePath);

    /// <summary>Opens it for writing behind what is there.</summary>
    public FileStream OpenToAppend() => new(FilePath, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Makes it the file: flushed to the disk first, so that a crash leaves no file with holes under the final name.</summary>
    public void Publish()
    {
        using (var file = new FileStream(FilePath, FileMode.Open, FileAccess.ReadWrite))
        {
            file.Flush(flushToDisk: true);
        }

        File.Move(FilePath, destination, overwrite: true);
    }

    /// <summary>Refuses before the first byte what cannot fit.</summary>
    /// <exception cref="HubException">The disk has less room than the rest of the file needs.</exception>
    public void RequireRoom(long? size, string name)
    {
        if (size - Length is { } needed and > 0 && FreeBytes() is { } free && free < needed)
        {
            throw new HubException($"{name} needs {Megabytes(needed)} MB more in {Path.GetDirectoryName(FilePath)}, where {Megabytes(free)} MB are free: make room or choose another folder.{Kept}");
        }
    }

    /// <summary>The error for a write that failed.</summary>
    public HubException WriteFailure(IOException exception, string name) => exception.HResult is DiskFullUnix or DiskFullWindows
        ? new HubException($"The disk of {Path.GetDirectoryName(FilePath)} is full, {name} does not fit: make room or choose another folder.{Kept}", exception)
        : new HubException($"{FilePath} cannot be written: {exception.Message}", exception);

    private long? FreeBytes()
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(FilePath)!).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // Some file systems do not say; the write will.
            return null;
        }
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#}");
}
