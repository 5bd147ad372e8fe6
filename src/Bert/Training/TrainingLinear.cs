using Endpoints.Compute;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Threads;
using Endpoints.Compute.Training;

namespace Endpoints.Bert.Training;

/// <summary>A linear layer in training: its weight in the precision of its products, its bias, and where its gradients are added up.</summary>
internal sealed unsafe class TrainingLinear : IDisposable
{
    private readonly LinearParameters _parameters;
    private readonly ITrainingWeight _weight;
    private readonly PinnedFloats _bias;
    private readonly PinnedFloats _weightGradient;
    private readonly PinnedFloats _biasGradient;

    public TrainingLinear(LinearParameters parameters, LinearParameters gradients, Precision precision)
    {
        _parameters = parameters;
        _weight = precision == Precision.BFloat16
            ? new BFloat16Weight(parameters.Inputs, parameters.Outputs)
            : new Float32Weight(parameters.Inputs, parameters.Outputs);
        _bias = new PinnedFloats(parameters.Bias);
        _weightGradient = new PinnedFloats(gradients.Weight);
        _biasGradient = new PinnedFloats(gradients.Bias);
    }

    /// <summary>One value an output.</summary>
    public float* Bias => _bias.Pointer;

    /// <summary>Packs the weight again, after an update.</summary>
    public void Pack(ThreadTeam team) => _weight.Pack(team, _parameters.Weight);

    /// <summary>y = epilogue(x Wᵀ), of the first outputs of the first inputs that <paramref name="x"/> and <paramref name="y"/> have the widths of.</summary>
    public void Forward<TEpilogue>(TrainingPass pass, TrainingOperand x, MatrixView y, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue
    {
        pass.Count(y.Rows, x.Values.Columns, y.Columns);
        _weight.Forward(pass.Team, x, y, epilogue);
    }

    /// <summary>Adds dW += dyᵀ x and db += Σ dy of the prefix that <paramref name="x"/> and <paramref name="dy"/> have the widths of.</summary>
    public void AddGradients(TrainingPass pass, TrainingOperand x, TrainingOperand dy)
    {
        if (pass.IsFrozen)
        {
            return;
        }

        pass.Count(dy.Values.Columns, dy.Values.Rows, x.Values.Columns);
        _weight.AddGradient(pass.Team, x, dy, new MatrixView(_weightGradient.Pointer, dy.Values.Columns, x.Values.Columns, _parameters.Inputs));
        ColumnSums.Add(pass.Team, dy.Values, _biasGradient.Pointer);
    }

    /// <summary>dx = dy W, or += with <paramref name="add"/>.</summary>
    public void InputGradient(TrainingPass pass, TrainingOperand dy, MatrixView dx, bool add)
    {
        pass.Count(dy.Values.Rows, dy.Values.Columns, dx.Columns);
        _weight.InputGradient(pass.Team, dy, dx, add);
    }

    public void Dispose()
    {
        _weight.Dispose();
        _bias.Dispose();
        _weightGradient.Dispose();
        _biasGradient.Dispose();
    }
}
