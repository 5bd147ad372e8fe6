namespace Endpoints.Compute.Linear;

/// <summary>Packed weights, or the first outputs of the first inputs of them: the right side of a linear layer. Copies no weight.</summary>
public sealed unsafe class WeightsView
{
    /// <summary>Keeps the memory alive that this looks into.</summary>
    private readonly PackedWeights _owner;
    private readonly FloatBuffer? _sums;

    internal WeightsView(PackedWeights owner, int depth, int columns)
    {
        _owner = owner;
        Depth = depth;
        Columns = columns;
        if (owner.Precision == Precision.Int8)
        {
            _sums = new FloatBuffer(columns);
            SumColumns(_sums.Span);
        }
    }

    /// <summary>Number format of the weights.</summary>
    public Precision Precision => _owner.Precision;

    /// <summary>Number of inputs: the length of each dot product.</summary>
    public int Depth { get; }

    /// <summary>Number of outputs.</summary>
    public int Columns { get; }

    /// <summary>Groups of depth.</summary>
    internal int Steps => Groups.Count(Precision, Depth);

    /// <summary>Panels of 32 outputs.</summary>
    internal int PanelCount => Gemm.PackedMatrix.PanelCount(Columns);

    /// <summary>Bytes that a product reads.</summary>
    internal long Bytes => (long)PanelCount * Steps * PackedWeights.StepBytes;

    /// <summary>Bytes only: a scale for each output.</summary>
    internal float* Scales => _owner.Scales;

    /// <summary>Bytes only: the sum of each output's weights, as integers, over this view's inputs.</summary>
    internal float* Sums => _sums is null ? null : _sums.Pointer;

    internal byte* Panel(int panel) => _owner.Panel(panel);

    private void SumColumns(Span<float> sums)
    {
        for (int column = 0; column < Columns; column++)
        {
            sbyte* panel = (sbyte*)Panel(column / Gemm.PackedMatrix.PanelWidth) + (column % Gemm.PackedMatrix.PanelWidth * Groups.Bytes);
            int sum = 0;
            for (int k = 0; k < Depth; k++)
            {
                sum += panel[((nint)(k / Groups.Bytes) * PackedWeights.StepBytes) + (k % Groups.Bytes)];
            }

            sums[column] = sum;
        }
    }
}
