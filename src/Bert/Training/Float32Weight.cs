using Endpoints.Compute;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Threads;

namespace Endpoints.Bert.Training;

/// <summary>Products in float32. The gradient of the weight reads both its operands in place.</summary>
internal sealed class Float32Weight(int inputs, int outputs) : ITrainingWeight
{
    private readonly PackedMatrix _forward = new(inputs, outputs);
    private readonly PackedMatrix _backward = new(outputs, inputs);

    public void Pack(ThreadTeam team, ReadOnlySpan<float> weight)
    {
        unsafe
        {
            fixed (float* values = weight)
            {
                var work = new PackWork(_forward, _backward, values, weight.Length);
                team.Run(ref work, work.Items);
            }
        }
    }

    public void Forward<TEpilogue>(ThreadTeam team, TrainingOperand x, MatrixView y, TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue =>
        Gemm.Multiply(team, LeftView.Of(x.Values), _forward.Prefix(x.Values.Columns, y.Columns), y, epilogue);

    public void InputGradient(ThreadTeam team, TrainingOperand dy, MatrixView dx, bool add)
    {
        RightView weight = _backward.Prefix(dy.Values.Columns, dx.Columns);
        if (add)
        {
            Gemm.MultiplyAdd(team, LeftView.Of(dy.Values), weight, dx);
        }
        else
        {
            Gemm.Multiply(team, LeftView.Of(dy.Values), weight, dx);
        }
    }

    public void AddGradient(ThreadTeam team, TrainingOperand x, TrainingOperand dy, MatrixView target) =>
        Gemm.MultiplyAdd(team, LeftView.Transposed(dy.Values), RightView.Of(x.Values), target);

    public void Dispose()
    {
        _forward.Dispose();
        _backward.Dispose();
    }

    /// <summary>An item is a panel: the forward's first, then the backward's.</summary>
    private readonly unsafe struct PackWork(PackedMatrix forward, PackedMatrix backward, float* weight, int length) : IWork
    {
        private readonly int _forwardPanels = PackedMatrix.PanelCount(forward.Columns);

        public int Items => _forwardPanels + PackedMatrix.PanelCount(backward.Columns);

        public void Execute(int item, int worker)
        {
            var values = new ReadOnlySpan<float>(weight, length);
            if (item < _forwardPanels)
            {
                forward.PackTransposed(values, item, item + 1);
            }
            else
            {
                backward.Pack(values, item - _forwardPanels, item - _forwardPanels + 1);
            }
        }
    }
}
