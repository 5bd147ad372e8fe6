using Endpoints.Compute.Gemm;
using Endpoints.Compute.Quantization;
using Endpoints.Compute.Simd;

namespace Endpoints.Compute.Linear;

/// <summary>
/// The weight W (outputs × inputs) of a linear layer in a precision, rearranged for the tile kernels: panels of 32 outputs, in each of which
/// a group of inputs (32 bits) of all 32 outputs lies side by side. The last panel and the last group are filled up with zeros.
/// </summary>
/// <remarks>The first outputs are the first panels, the first inputs are the first part of each panel: both are views, in every precision.</remarks>
public sealed unsafe class PackedWeights
{
    /// <summary>Bytes of one group of depth in a panel.</summary>
    internal const int StepBytes = PackedMatrix.PanelWidth * Groups.Bytes;

    private readonly FloatBuffer _data;
    private readonly FloatBuffer? _scales;
    private readonly int _groups;

    /// <summary>Packs a weight.</summary>
    /// <param name="precision">What to round it to.</param>
    /// <param name="depth">Inputs.</param>
    /// <param name="columns">Outputs.</param>
    /// <param name="weight">Outputs × inputs, row-major as linear layers store it.</param>
    /// <exception cref="ArgumentException">The length is not depth × columns; or, for int8, a value is not finite.</exception>
    public PackedWeights(Precision precision, int depth, int columns, ReadOnlySpan<float> weight)
    {
        if (weight.Length != (long)depth * columns)
        {
            throw new ArgumentException($"{columns} × {depth} = {(long)depth * columns} weights are expected, {weight.Length} were given.", nameof(weight));
        }

        Precision = precision;
        Depth = depth;
        Columns = columns;
        _groups = Groups.Count(precision, depth);
        _data = new FloatBuffer((long)PackedMatrix.PanelCount(columns) * PackedMatrix.PanelWidth * _groups);
        _scales = precision == Precision.Int8 ? new FloatBuffer(columns) : null;
        Pack(weight);
        View = new WeightsView(this, depth, columns);
    }

    /// <summary>Number format of the weights.</summary>
    public Precision Precision { get; }

    /// <summary>Number of inputs.</summary>
    public int Depth { get; }

    /// <summary>Number of outputs.</summary>
    public int Columns { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => (_data.Length + (_scales?.Length ?? 0)) * sizeof(float);

    /// <summary>All of it.</summary>
    public WeightsView View { get; }

    internal float* Scales => _scales is null ? null : _scales.Pointer;

    /// <summary>The first <paramref name="columns"/> outputs of the first <paramref name="depth"/> inputs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not that large.</exception>
    public WeightsView Prefix(int depth, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, Depth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, Columns);
        return depth == Depth && columns == Columns ? View : new WeightsView(this, depth, columns);
    }

    internal byte* Panel(int panel) => (byte*)_data.Pointer + ((nint)panel * _groups * StepBytes);

    private void Pack(ReadOnlySpan<float> weight)
    {
        using var rows = new FloatBuffer((long)PackedMatrix.PanelWidth * _groups);
        for (int panel = 0; panel < PackedMatrix.PanelCount(Columns); panel++)
        {
            int first = panel * PackedMatrix.PanelWidth;
            int count = Math.Min(PackedMatrix.PanelWidth, Columns - first);
            for (int row = 0; row < count; row++)
            {
                PackRow(weight.Slice((first + row) * Depth, Depth), first + row, rows.Pointer + ((nint)row * _groups));
            }

            PanelTranspose.Run(rows.Pointer, _groups, count, _groups, (float*)Panel(panel));
        }
    }

    private void PackRow(ReadOnlySpan<float> row, int column, float* groups)
    {
        switch (Precision)
        {
            case Precision.BFloat16:
                new Span<float>(groups, _groups).Clear();
                for (int i = 0; i < row.Length; i++)
                {
                    SimdScalar.StoreBFloat16(SimdScalar.Broadcast(row[i]), (ushort*)groups + i);
                }

                break;
            case Precision.Int8:
                new Span<float>(groups, _groups).Clear();
                _scales!.Pointer[column] = ChannelQuantizer.Quantize(row, new Span<sbyte>(groups, Depth));
                break;
            default:
                row.CopyTo(new Span<float>(groups, _groups));
                break;
        }
    }
}
