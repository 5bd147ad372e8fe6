using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace Endpoints.Bert.Checkpoints;

/// <summary>A safetensors file, memory-mapped: 8 bytes of header length, a JSON header, then the tensors' bytes, little-endian and row-major.</summary>
internal sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>Bytes of the header's length, at the start of the file.</summary>
    public const int PrefixBytes = 8;

    // The format's own limit.
    private const ulong MaxHeaderBytes = 100_000_000;

    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _data;

    private SafetensorsFile(string path, FileStream stream)
    {
        Path = path;
        byte[] header = ReadHeader(path, stream);
        Tensors = SafetensorsHeader.Parse(path, header, stream.Length - PrefixBytes - header.Length);
        _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _data = start + _view.PointerOffset + PrefixBytes + header.Length;
    }

    /// <summary>Where it is, for messages.</summary>
    public string Path { get; }

    /// <summary>What it holds, by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="CheckpointException">It is missing, truncated or malformed.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return new SafetensorsFile(path, stream);
        }
        catch (Exception exception)
        {
            stream?.Dispose();
            if (exception is IOException or UnauthorizedAccessException)
            {
                throw JsonFile.Unreadable(path, exception);
            }

            throw;
        }
    }

    /// <summary>Copies a tensor of floats into an array of its size, as float32.</summary>
    public void Read(TensorEntry entry, float[] destination)
    {
        // In pieces, because a span of bytes is shorter than an array of floats may be.
        const int Piece = 1 << 24;
        int elementSize = TensorValues.ElementSize(entry.Type);
        for (long start = 0; start < destination.Length; start += Piece)
        {
            int count = (int)Math.Min(Piece, destination.Length - start);
            var bytes = new ReadOnlySpan<byte>(_data + entry.Begin + (start * elementSize), count * elementSize);
            TensorValues.ToSingle(entry.Type, bytes, destination.AsSpan((int)start, count));
        }
    }

    /// <summary>A tensor's bytes as they lie in the file; valid until the file is disposed.</summary>
    public ReadOnlySpan<byte> Bytes(TensorEntry entry) => new(_data + entry.Begin, checked((int)(entry.End - entry.Begin)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
    }

    private static byte[] ReadHeader(string path, FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        if (stream.ReadAtLeast(prefix, PrefixBytes, throwOnEndOfStream: false) < PrefixBytes)
        {
            throw new CheckpointException($"{path}: expected a safetensors file, which starts with an {PrefixBytes}-byte header length, found {stream.Length} bytes.");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        ulong limit = Math.Min(MaxHeaderBytes, (ulong)(stream.Length - PrefixBytes));
        if (length > limit)
        {
            throw new CheckpointException(
                $"{path}: expected a header of at most {limit} bytes ({stream.Length} bytes in the file), found a header length of {length}: "
                + "the file is truncated or is not a safetensors file.");
        }

        var header = new byte[length];
        stream.ReadExactly(header);
        return header;
    }
}
