using Endpoints.Compute;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Training;

namespace Endpoints.Bert.Training;

/// <summary>The feed-forward block in training: out = LN(z + dropout(W₂ · GELU(W₁ · z))) over the first units, and its backward.</summary>
/// <param name="parameters">Weights.</param>
/// <param name="gradients">Where gradients are added.</param>
/// <param name="precision">What its products run in.</param>
/// <param name="site">Numbers this block's dropout mask.</param>
internal sealed unsafe class TrainingFeedForward(FeedForwardParameters parameters, FeedForwardParameters gradients, Precision precision, int site) : IDisposable
{
    private readonly TrainingLinear _up = new(parameters.Up, gradients.Up, precision);
    private readonly TrainingLinear _down = new(parameters.Down, gradients.Down, precision);
    private readonly TrainingNorm _norm = new(parameters.Norm, gradients.Norm);
    private readonly GrowingBuffer _input = new();
    private readonly GrowingBuffer _activated = new();

    public IEnumerable<TrainingLinear> Linears => [_up, _down];

    /// <summary>What the last forward multiplied with W₂, a column for each unit.</summary>
    public MatrixView Activated(int rows) => _activated.Matrix(rows, parameters.Up.Outputs);

    /// <summary>What the last forward normalised: input and W₂ · GELU(..), added.</summary>
    public MatrixView Sum => _norm.LastInput;

    /// <summary>Runs the first units.</summary>
    public MatrixView Forward(TrainingPass pass, int units, MatrixView z)
    {
        MatrixView activated = _activated.Matrix(z.Rows, units);
        _up.Forward(pass, pass.Input.Of(z), activated, new AddBiasGeluKeepInput(_up.Bias, _input.Matrix(z.Rows, units)));
        MatrixView sum = _norm.Input(z.Rows);
        _down.Forward(pass, pass.Input.Of(activated), sum, new AddBias(_down.Bias));
        RowMap.Drop(pass.Team, sum, pass.HiddenDropout(site));
        RowMap.Add(pass.Team, sum, z);
        return _norm.Forward(pass.Team, pass.Config.LayerNormEpsilon);
    }

    /// <summary>Replaces the output's gradient by that of <paramref name="z"/>, whose rows belong to sequences by <paramref name="offsets"/>.</summary>
    public void Backward(TrainingPass pass, int units, MatrixView z, int* offsets, MatrixView gradient)
    {
        _norm.Backward(pass.Team, gradient);
        TrainingOperand branch = pass.Gradient.Of(TrainingAttention.Dropped(pass, gradient, pass.HiddenDropout(site)));
        MatrixView unitGradient = pass.Units.Matrix(z.Rows, units);
        _down.AddGradients(pass, pass.Input.Of(_activated.Matrix(z.Rows, units)), branch);
        _down.InputGradient(pass, branch, unitGradient, add: false);
        pass.Masks?.Units(pass.Team, _activated.Matrix(z.Rows, units), unitGradient, pass.Inputs.Count, offsets);
        RowMap.GeluBackward(pass.Team, unitGradient, _input.Matrix(z.Rows, units));
        TrainingOperand inner = pass.Gradient.Of(unitGradient);
        _up.AddGradients(pass, pass.Input.Of(z), inner);
        _up.InputGradient(pass, inner, gradient, add: true);
    }

    public void Dispose()
    {
        foreach (IDisposable part in (IDisposable[])[_up, _down, _norm, _input, _activated])
        {
            part.Dispose();
        }
    }
}
