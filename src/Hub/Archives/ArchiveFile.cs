using System.Formats.Tar;
using System.IO.Compression;

namespace Endpoints.Hub.Archives;

/// <summary>Unpacks archives that came from outside: nothing leaves the folder, no links, no devices, no more than the limits.</summary>
public static class ArchiveFile
{
    private const int UnixKind = 0xF000;
    private const int UnixFile = 0x8000;
    private const int UnixFolder = 0x4000;

    /// <summary>Unpacks a <c>.zip</c>, <c>.tar.gz</c> or <c>.tgz</c>. The folder appears complete or not at all: everything goes to a hidden one beside it first.</summary>
    /// <param name="archive">Path of the archive.</param>
    /// <param name="folder">The folder to make; it must not exist.</param>
    /// <param name="limits">What it may unpack to; null for the defaults.</param>
    /// <param name="cancellationToken">Stops it; nothing is left then.</param>
    /// <exception cref="HubException">It is damaged, of another kind, or holds what is refused.</exception>
    /// <exception cref="IOException">The disk is full, or the folder exists or cannot be written.</exception>
    public static async Task ExtractAsync(string archive, string folder, ExtractionLimits? limits, CancellationToken cancellationToken)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string staging = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}");
        var unpacking = new Unpacking(archive, staging, limits ?? new ExtractionLimits());
        Directory.CreateDirectory(staging);
        try
        {
            using FileStream file = File.OpenRead(archive);
            await (Path.GetExtension(archive).ToLowerInvariant() switch
            {
                ".zip" => UnzipAsync(file, unpacking, limits ?? new ExtractionLimits(), cancellationToken),
                ".gz" or ".tgz" => UntarAsync(file, unpacking, cancellationToken),
                var other => throw unpacking.Refusal($"has the extension '{other}' where .zip, .tar.gz or .tgz is expected"),
            }).ConfigureAwait(false);
            Directory.Move(staging, target);
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new HubException($"{archive} is damaged or no archive of its kind ({exception.Message.TrimEnd('.')}): remove it and pull again.", exception);
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }

    private static async Task UnzipAsync(Stream file, Unpacking unpacking, ExtractionLimits limits, CancellationToken cancellationToken)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        if (zip.Entries.Sum(entry => (decimal)entry.Length) > limits.Bytes)
        {
            throw unpacking.Refusal($"declares to unpack to more than {limits.Bytes} bytes");
        }

        foreach (ZipArchiveEntry entry in zip.Entries)
        {
            // What Unix calls the mode is in the upper half; 0 where the archive was made elsewhere.
            if (((entry.ExternalAttributes >> 16) & UnixKind) is not (0 or UnixFile or UnixFolder))
            {
                throw unpacking.Refusal($"has an entry '{entry.FullName}' that is a link or a device");
            }

            if (entry.FullName.EndsWith('/') || entry.FullName.EndsWith('\\'))
            {
                unpacking.AddFolder(entry.FullName);
                continue;
            }

            using Stream content = await entry.OpenAsync(cancellationToken).ConfigureAwait(false);
            await unpacking.AddFileAsync(entry.FullName, content, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task UntarAsync(Stream file, Unpacking unpacking, CancellationToken cancellationToken)
    {
        using var plain = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(plain);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken).ConfigureAwait(false) is { } entry)
        {
            switch (entry.EntryType)
            {
                case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                    await unpacking.AddFileAsync(entry.Name, entry.DataStream, cancellationToken).ConfigureAwait(false);
                    break;
                case TarEntryType.Directory:
                    unpacking.AddFolder(entry.Name);
                    break;
                case TarEntryType.GlobalExtendedAttributes:
                    break;
                default:
                    throw unpacking.Refusal($"has an entry '{entry.Name}' that is a link or a device");
            }
        }
    }
}
