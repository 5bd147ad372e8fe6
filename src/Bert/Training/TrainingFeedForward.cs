using Endpoints.Compute;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Training;

namespace Endpoints.Bert.Training;

/// <summary>The feed-forward block in training: out = LN(z + dropout(W₂ · GELU(W₁ · z))) over the first units, and its backward.</summary>
/// <param name="parameters">Weights.</param>
/// <param name="gradients">Where gradients are added.</param>
/// <param name="site">Numbers this block's dropout mask.</param>
internal sealed unsafe class TrainingFeedForward(FeedForwardParameters parameters, FeedForwardParameters gradients, int site) : IDisposable
{
    private readonly TrainingLinear _up = new(parameters.Up, gradients.Up);
    private readonly TrainingLinear _down = new(parameters.Down, gradients.Down);
    private readonly TrainingNorm _norm = new(parameters.Norm, gradients.Norm);
    private readonly GrowingBuffer _input = new();
    private readonly GrowingBuffer _activated = new();

    public IEnumerable<TrainingLinear> Linears => [_up, _down];

    /// <summary>Runs the first units.</summary>
    public MatrixView Forward(TrainingPass pass, int units, MatrixView z)
    {
        TrainingView up = _up.Prefix(z.Columns, units), down = _down.Prefix(units, z.Columns);
        MatrixView activated = _activated.Matrix(z.Rows, units);
        Gemm.Multiply(pass.Team, LeftView.Of(z), up.Weight, activated, new AddBiasGeluKeepInput(up.Bias, _input.Matrix(z.Rows, units)));
        MatrixView sum = _norm.Input(z.Rows);
        Gemm.Multiply(pass.Team, LeftView.Of(activated), down.Weight, sum, new AddBias(down.Bias));
        RowMap.Drop(pass.Team, sum, pass.HiddenDropout(site));
        RowMap.Add(pass.Team, sum, z);
        return _norm.Forward(pass.Team, pass.Config.LayerNormEpsilon);
    }

    /// <summary>Replaces the output's gradient by that of <paramref name="z"/>.</summary>
    public void Backward(TrainingPass pass, int units, MatrixView z, MatrixView gradient)
    {
        _norm.Backward(pass.Team, gradient);
        MatrixView branch = TrainingAttention.Dropped(pass, gradient, pass.HiddenDropout(site));
        MatrixView unitGradient = pass.Units.Matrix(z.Rows, units);
        _down.AddGradients(pass.Team, _activated.Matrix(z.Rows, units), branch);
        _down.InputGradient(pass.Team, branch, unitGradient, add: false);
        RowMap.GeluBackward(pass.Team, unitGradient, _input.Matrix(z.Rows, units));
        _up.AddGradients(pass.Team, z, unitGradient);
        _up.InputGradient(pass.Team, unitGradient, gradient, add: true);
    }

    public void Dispose()
    {
        foreach (IDisposable part in (IDisposable[])[_up, _down, _norm, _input, _activated])
        {
            part.Dispose();
        }
    }
}
