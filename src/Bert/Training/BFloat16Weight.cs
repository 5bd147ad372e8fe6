using Endpoints.Compute;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Linear;
using Endpoints.Compute.Threads;

namespace Endpoints.Bert.Training;

/// <summary>Products of operands rounded to bfloat16, summed in float32. The weight itself stays float32: this is a rounded copy, made anew after each update.</summary>
internal sealed class BFloat16Weight(int inputs, int outputs) : ITrainingWeight
{
    private readonly PackedWeights _forward = PackedWeights.BFloat16Room(inputs, outputs);
    private readonly PackedWeights _backward = PackedWeights.BFloat16Room(outputs, inputs);

    public void Pack(ThreadTeam team, ReadOnlySpan<float> weight)
    {
        _forward.Repack(team, weight);
        _backward.RepackTransposed(team, weight);
    }

    public void Forward<TEpilogue>(ThreadTeam team, TrainingOperand x, MatrixView y, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue =>
        LinearForward.Run(team, new LinearLayer<TEpilogue>(x.Rows(team), _forward.Prefix(x.Values.Columns, y.Columns), Activations.Of(y), epilogue));

    public void InputGradient(ThreadTeam team, TrainingOperand dy, MatrixView dx, bool add)
    {
        WeightsView weight = _backward.Prefix(dy.Values.Columns, dx.Columns);
        if (add)
        {
            LinearForward.Run(team, new LinearLayer<AddMatrix>(dy.Rows(team), weight, Activations.Of(dx), new(dx)));
        }
        else
        {
            LinearForward.Run(team, new LinearLayer<NoEpilogue>(dy.Rows(team), weight, Activations.Of(dx), default));
        }
    }

    public void AddGradient(ThreadTeam team, TrainingOperand x, TrainingOperand dy, MatrixView target) => PairedProduct.Add(team, dy.Pairs(team), x.Pairs(team), target);

    public void Dispose()
    {
        _forward.Dispose();
        _backward.Dispose();
    }
}
