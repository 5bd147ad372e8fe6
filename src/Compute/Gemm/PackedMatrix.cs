using System.Runtime.CompilerServices;

namespace Endpoints.Compute.Gemm;

/// <summary>
/// The right side B (depth × columns) of a product, rearranged into panels of 32 columns: a panel holds, for each depth index,
/// its 32 values side by side, so that a tile reads it front to back. The last panel is filled up with zeros.
/// </summary>
/// <remarks>A prefix of columns is a prefix of panels, a prefix of depth is a prefix of each panel: both are views, nothing is copied.</remarks>
public sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Columns in a panel.</summary>
    public const int PanelWidth = 32;

    private readonly FloatBuffer _buffer;

    /// <summary>Room for a matrix; fill it with <see cref="PackTransposed(ReadOnlySpan{float})"/> or <see cref="Pack(ReadOnlySpan{float})"/>.</summary>
    public PackedMatrix(int depth, int columns)
    {
        Depth = depth;
        Columns = columns;
        _buffer = new FloatBuffer((long)PanelCount(columns) * PanelWidth * depth);
    }

    /// <summary>Rows of B: the length of each dot product.</summary>
    public int Depth { get; }

    /// <summary>Columns of B: the outputs.</summary>
    public int Columns { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => _buffer.Length * sizeof(float);

    /// <summary>The whole matrix as an operand.</summary>
    public RightView View => new(_buffer.Pointer, Depth, Columns, (nint)Depth * PanelWidth, PanelWidth);

    /// <summary>The first <paramref name="depth"/> rows and <paramref name="columns"/> columns of it, without a copy.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not that large.</exception>
    public RightView Prefix(int depth, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, Depth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, Columns);
        return new(_buffer.Pointer, depth, columns, (nint)Depth * PanelWidth, PanelWidth);
    }

    /// <summary>Packs Wᵀ of a weight W (columns × depth), row-major as linear layers store it.</summary>
    public void PackTransposed(ReadOnlySpan<float> weight) => PackTransposed(weight, 0, PanelCount(Columns));

    /// <summary>Packs some panels of <see cref="PackTransposed(ReadOnlySpan{float})"/>, so that a team can share the work.</summary>
    public void PackTransposed(ReadOnlySpan<float> weight, int firstPanel, int endPanel)
    {
        CheckLength(weight.Length);
        fixed (float* source = weight)
        {
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                int column = panel * PanelWidth;
                PanelTranspose.Run(source + ((nint)column * Depth), Depth, Math.Min(PanelWidth, Columns - column), Depth, PanelData(panel));
            }
        }
    }

    /// <summary>Packs B (depth × columns) itself.</summary>
    public void Pack(ReadOnlySpan<float> values) => Pack(values, 0, PanelCount(Columns));

    /// <summary>Packs some panels of <see cref="Pack(ReadOnlySpan{float})"/>, so that a team can share the work.</summary>
    public void Pack(ReadOnlySpan<float> values, int firstPanel, int endPanel)
    {
        CheckLength(values.Length);
        fixed (float* source = values)
        {
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                int column = panel * PanelWidth;
                PackPanel(source + column, Columns, Depth, Math.Min(PanelWidth, Columns - column), PanelData(panel));
            }
        }
    }

    /// <summary>Number of panels for a number of columns.</summary>
    public static int PanelCount(int columns) => (columns + PanelWidth - 1) / PanelWidth;

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    /// <summary>Packs <paramref name="columns"/> (at most 32) columns of a (depth × ..) matrix into one panel.</summary>
    internal static void PackPanel(float* source, nint stride, int depth, int columns, float* panel)
    {
        for (int k = 0; k < depth; k++)
        {
            var from = new ReadOnlySpan<float>(source + (k * stride), columns);
            var to = new Span<float>(panel + ((nint)k * PanelWidth), PanelWidth);
            from.CopyTo(to);
            to[columns..].Clear();
        }
    }

    private float* PanelData(int panel) => _buffer.Pointer + ((nint)panel * PanelWidth * Depth);

    private void CheckLength(int length, [CallerMemberName] string caller = "")
    {
        if (length != (long)Depth * Columns)
        {
            throw new ArgumentException($"{caller}: {Depth} × {Columns} = {(long)Depth * Columns} values are expected, {length} were given.");
        }
    }
}
