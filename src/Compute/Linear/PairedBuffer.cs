using Endpoints.Compute.Gemm;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Linear;

/// <summary>Memory for a <see cref="PairedMatrix"/> that grows to the largest one asked for and is then reused.</summary>
public sealed unsafe class PairedBuffer : IDisposable
{
    private readonly GrowingBuffer _buffer = new();

    /// <summary>Rounds and packs a matrix into this memory; the one packed before is overwritten.</summary>
    public PairedMatrix Pack(ThreadTeam team, MatrixView values)
    {
        int width = PackedMatrix.PanelCount(values.Columns) * PackedMatrix.PanelWidth;
        MatrixView memory = _buffer.Matrix(Groups.Count(Precision.BFloat16, values.Rows), width);
        var target = new PairedMatrix((byte*)memory.Data, values.Rows, values.Columns);
        PairPacking.Run(team, values, target);
        return target;
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
