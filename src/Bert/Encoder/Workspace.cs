using Endpoints.Compute;
using Endpoints.Compute.Attention;

namespace Endpoints.Bert.Encoder;

/// <summary>The activations of one batch, in memory that grows to the largest batch seen and is then reused: a warm lane allocates nothing.</summary>
internal sealed unsafe class Workspace : IDisposable
{
    private readonly Dictionary<string, FloatBuffer> _buffers = [];
    private AttentionScratch? _scratch;

    /// <summary>A matrix by name. Its contents are whatever the last batch left, and it is valid until a larger one of the name is asked for.</summary>
    public MatrixView Matrix(string name, int rows, int columns)
    {
        long length = (long)rows * columns;
        if (!_buffers.TryGetValue(name, out FloatBuffer? buffer) || buffer.Length < length)
        {
            long grown = Math.Max(length, 2 * (buffer?.Length ?? 0));
            buffer?.Dispose();
            buffer = new FloatBuffer(grown);
            _buffers[name] = buffer;
        }

        return new MatrixView(buffer.Pointer, rows, columns);
    }

    /// <summary>Attention's scratch memory for a team, a longest sequence and a head width.</summary>
    public AttentionScratch Scratch(int workers, int maxLength, int headSize, bool backward = false)
    {
        if (_scratch is null || _scratch.MaxLength < maxLength || _scratch.HeadSize < headSize)
        {
            int length = Math.Max(maxLength, _scratch?.MaxLength ?? 0);
            int size = Math.Max(headSize, _scratch?.HeadSize ?? 0);
            _scratch?.Dispose();
            _scratch = new AttentionScratch(workers, length, size, backward);
        }

        return _scratch;
    }

    public void Dispose()
    {
        foreach (FloatBuffer buffer in _buffers.Values)
        {
            buffer.Dispose();
        }

        _buffers.Clear();
        _scratch?.Dispose();
    }
}
