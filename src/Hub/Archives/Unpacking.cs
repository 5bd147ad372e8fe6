namespace Endpoints.Hub.Archives;

/// <summary>Writes an archive's entries below a folder, within the limits.</summary>
internal sealed class Unpacking(string archive, string folder, ExtractionLimits limits)
{
    private const int ChunkBytes = 1 << 16;

    private readonly byte[] _chunk = new byte[ChunkBytes];
    private long _bytes;
    private int _entries;

    public void AddFolder(string name) => Directory.CreateDirectory(Place(name));

    /// <summary>Writes a file; its real bytes count, whatever the archive declares.</summary>
    public async Task AddFileAsync(string name, Stream? content, CancellationToken cancellationToken)
    {
        string path = Place(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        if (content is null)
        {
            return;
        }

        for (int read; (read = await content.ReadAsync(_chunk, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            _bytes += read;
            if (_bytes > limits.Bytes)
            {
                throw Refusal($"unpacks to more than {limits.Bytes} bytes");
            }

            await file.WriteAsync(_chunk.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }
    }

    public HubException Refusal(string finding) => new($"{archive} {finding}: refused, and nothing of it was kept.");

    private string Place(string name)
    {
        if (++_entries > limits.Entries)
        {
            throw Refusal($"has more than {limits.Entries} entries");
        }

        return EntryPath.Resolve(folder, name) ?? throw Refusal($"has an entry '{name}' that would be outside of its folder");
    }
}
