using Endpoints.Compute.Gemm;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Linear;

/// <summary>
/// The weight W (outputs × inputs) of a linear layer in a precision, rearranged for the tile kernels: panels of 32 outputs, in each of which
/// a group of inputs (32 bits) of all 32 outputs lies side by side. The last panel and the last group are filled up with zeros.
/// </summary>
/// <remarks>The first outputs are the first panels, the first inputs are the first part of each panel: both are views, in every precision.</remarks>
public sealed unsafe class PackedWeights : IDisposable
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
        : this(precision, depth, columns, weight, isEmpty: false)
    {
    }

    private PackedWeights(Precision precision, int depth, int columns, ReadOnlySpan<float> weight, bool isEmpty)
    {
        Precision = precision;
        Depth = depth;
        Columns = columns;
        _groups = Groups.Count(precision, depth);
        _data = new FloatBuffer((long)PackedMatrix.PanelCount(columns) * PackedMatrix.PanelWidth * _groups);
        _scales = precision == Precision.Int8 ? new FloatBuffer(columns) : null;
        if (!isEmpty)
        {
            CheckLength(weight.Length);
            WeightPacking.Run(null, this, weight);
        }

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

    /// <summary>Groups of inputs in a panel.</summary>
    internal int GroupCount => _groups;

    /// <summary>Room in bfloat16 for a weight that changes: zeros until <see cref="Repack"/> or <see cref="RepackTransposed"/> fills it.</summary>
    /// <param name="depth">Inputs.</param>
    /// <param name="columns">Outputs.</param>
    public static PackedWeights BFloat16Room(int depth, int columns) => new(Precision.BFloat16, depth, columns, [], isEmpty: true);

    /// <summary>Packs a changed weight (outputs × inputs) in the place of the one before; views show it.</summary>
    /// <exception cref="ArgumentException">The length is not depth × columns.</exception>
    /// <exception cref="InvalidOperationException">The precision is int8, whose views hold sums of the weights they were made of.</exception>
    public void Repack(ThreadTeam team, ReadOnlySpan<float> weight)
    {
        CheckLength(weight.Length);
        if (Precision == Precision.Int8)
        {
            throw new InvalidOperationException("Weights in int8 cannot be packed again in place: pack them anew.");
        }

        WeightPacking.Run(team, this, weight);
    }

    /// <summary>Packs a changed B (inputs × outputs), row-major, in the place of the one before: with a layer's weight, what takes its gradient back to its input.</summary>
    /// <exception cref="ArgumentException">The length is not depth × columns.</exception>
    /// <exception cref="InvalidOperationException">The precision is not bfloat16.</exception>
    public void RepackTransposed(ThreadTeam team, ReadOnlySpan<float> values)
    {
        CheckLength(values.Length);
        if (Precision != Precision.BFloat16)
        {
            throw new InvalidOperationException($"Only bfloat16 weights are packed from their transpose; these are {Precision}.");
        }

        fixed (float* source = values)
        {
            PairPacking.Run(team, new MatrixView(source, Depth, Columns), new PairedMatrix((byte*)_data.Pointer, Depth, Columns));
        }
    }

    /// <summary>The first <paramref name="columns"/> outputs of the first <paramref name="depth"/> inputs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not that large.</exception>
    public WeightsView Prefix(int depth, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, Depth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, Columns);
        return depth == Depth && columns == Columns ? View : new WeightsView(this, depth, columns);
    }

    /// <summary>Frees the memory at once; views must not be used any more.</summary>
    public void Dispose()
    {
        _data.Dispose();
        _scales?.Dispose();
    }

    internal byte* Panel(int panel) => (byte*)_data.Pointer + ((nint)panel * _groups * StepBytes);

    private void CheckLength(int length)
    {
        if (length != (long)Depth * Columns)
        {
            throw new ArgumentException($"{Columns} × {Depth} = {(long)Depth * Columns} weights are expected, {length} were given.");
        }
    }
}
