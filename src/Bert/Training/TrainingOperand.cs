using Endpoints.Compute;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Threads;

namespace Endpoints.Bert.Training;

/// <summary>A float32 matrix that products of a pass read, and its bfloat16 forms, each made when the first product asks for it and shared by the others.</summary>
internal sealed class TrainingOperand : IDisposable
{
    private readonly ActivationBuffer _rowMemory = new();
    private readonly PairedBuffer _pairMemory = new();
    private Activations? _rows;
    private PairedMatrix? _pairs;

    public MatrixView Values { get; private set; }

    /// <summary>Takes the place of what was here before.</summary>
    public TrainingOperand Of(MatrixView values)
    {
        (Values, _rows, _pairs) = (values, null, null);
        return this;
    }

    /// <summary>Rounded, row by row: the left side of a product over the columns.</summary>
    public Activations Rows(ThreadTeam team)
    {
        if (_rows is null)
        {
            _rows = _rowMemory.Matrix(Precision.BFloat16, Values.Rows, Values.Columns);
            ActivationConversion.Run(team, Activations.Of(Values), _rows.Value);
        }

        return _rows.Value;
    }

    /// <summary>Rounded, tokens in pairs: either side of a product over the tokens.</summary>
    public PairedMatrix Pairs(ThreadTeam team) => _pairs ??= _pairMemory.Pack(team, Values);

    public void Dispose()
    {
        _rowMemory.Dispose();
        _pairMemory.Dispose();
    }
}
