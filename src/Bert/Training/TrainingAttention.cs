using Endpoints.Compute;
using Endpoints.Compute.Attention;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Training;

namespace Endpoints.Bert.Training;

/// <summary>The attention block in training: z = LN(x + dropout(W_O · attention(x))) over the first heads, and its backward.</summary>
/// <param name="parameters">Weights.</param>
/// <param name="gradients">Where gradients are added.</param>
/// <param name="site">Numbers this block's dropout masks.</param>
internal sealed unsafe class TrainingAttention(AttentionParameters parameters, AttentionParameters gradients, int site) : IDisposable
{
    private readonly TrainingLinear _query = new(parameters.Query, gradients.Query);
    private readonly TrainingLinear _key = new(parameters.Key, gradients.Key);
    private readonly TrainingLinear _value = new(parameters.Value, gradients.Value);
    private readonly TrainingLinear _output = new(parameters.Output, gradients.Output);
    private readonly TrainingNorm _norm = new(parameters.Norm, gradients.Norm);
    private readonly GrowingBuffer _q = new();
    private readonly GrowingBuffer _k = new();
    private readonly GrowingBuffer _v = new();
    private readonly GrowingBuffer _context = new();

    public IEnumerable<TrainingLinear> Linears => [_query, _key, _value, _output];

    /// <summary>Runs the first heads. Queries and results are <paramref name="rows"/>; keys and values come from <paramref name="hidden"/>.</summary>
    public MatrixView Forward(TrainingPass pass, int heads, MatrixView rows, MatrixView hidden, int* queryOffsets)
    {
        int width = heads * pass.Config.HeadSize;
        MatrixView q = Project(pass, _query, rows, _q.Matrix(rows.Rows, width));
        MatrixView k = Project(pass, _key, hidden, _k.Matrix(hidden.Rows, width));
        MatrixView v = Project(pass, _value, hidden, _v.Matrix(hidden.Rows, width));
        MatrixView context = _context.Matrix(rows.Rows, width);
        AttentionForward.Run(
            pass.Team, Shape(pass, heads, queryOffsets), q, k, v, context, pass.Scratch.For(pass.Inputs.MaxLength, pass.Config.HeadSize), pass.AttentionDropout(site));
        MatrixView sum = _norm.Input(rows.Rows);
        Project(pass, _output, context, sum);
        RowMap.Drop(pass.Team, sum, pass.HiddenDropout(site + 1));
        RowMap.Add(pass.Team, sum, rows);
        return _norm.Forward(pass.Team, pass.Config.LayerNormEpsilon);
    }

    /// <summary>
    /// Replaces z's gradient by the gradient of <paramref name="rows"/>; what goes to keys and values is added to <paramref name="hiddenGradient"/>,
    /// which is the same matrix where the rows are all of them.
    /// </summary>
    public void Backward(
        TrainingPass pass, int heads, MatrixView rows, MatrixView hidden, int* queryOffsets, MatrixView gradient, MatrixView hiddenGradient)
    {
        int width = heads * pass.Config.HeadSize;
        _norm.Backward(pass.Team, gradient);
        MatrixView branch = Dropped(pass, gradient, pass.HiddenDropout(site + 1));
        MatrixView contextGradient = pass.Context.Matrix(rows.Rows, width);
        _output.AddGradients(pass.Team, _context.Matrix(rows.Rows, width), branch);
        _output.InputGradient(pass.Team, branch, contextGradient, add: false);

        MatrixView dq = pass.Query.Matrix(rows.Rows, width), dk = pass.Key.Matrix(hidden.Rows, width), dv = pass.Value.Matrix(hidden.Rows, width);
        AttentionBackward.Run(
            pass.Team, Shape(pass, heads, queryOffsets), _q.Matrix(rows.Rows, width), _k.Matrix(hidden.Rows, width), _v.Matrix(hidden.Rows, width), contextGradient,
            dq, dk, dv, pass.Scratch.For(pass.Inputs.MaxLength, pass.Config.HeadSize), pass.AttentionDropout(site));
        _query.AddGradients(pass.Team, rows, dq);
        _key.AddGradients(pass.Team, hidden, dk);
        _value.AddGradients(pass.Team, hidden, dv);
        _query.InputGradient(pass.Team, dq, gradient, add: true);
        _key.InputGradient(pass.Team, dk, hiddenGradient, add: true);
        _value.InputGradient(pass.Team, dv, hiddenGradient, add: true);
    }

    public void Dispose()
    {
        foreach (IDisposable part in (IDisposable[])[_query, _key, _value, _output, _norm, _q, _k, _v, _context])
        {
            part.Dispose();
        }
    }

    /// <summary>The gradient of what went through dropout; the residual's gradient stays as it is.</summary>
    internal static MatrixView Dropped(TrainingPass pass, MatrixView gradient, Dropout dropout)
    {
        if (!dropout.IsActive)
        {
            return gradient;
        }

        MatrixView branch = pass.Branch.Matrix(gradient.Rows, gradient.Columns);
        new ReadOnlySpan<float>(gradient.Data, gradient.Rows * gradient.Columns).CopyTo(new Span<float>(branch.Data, gradient.Rows * gradient.Columns));
        RowMap.Drop(pass.Team, branch, dropout);
        return branch;
    }

    private static MatrixView Project(TrainingPass pass, TrainingLinear linear, MatrixView x, MatrixView y)
    {
        TrainingView view = linear.Prefix(x.Columns, y.Columns);
        Gemm.Multiply(pass.Team, LeftView.Of(x), view.Weight, y, new AddBias(view.Bias));
        return y;
    }

    private static AttentionShape Shape(TrainingPass pass, int heads, int* queryOffsets) =>
        new(pass.Inputs.Count, heads, pass.Config.HeadSize, queryOffsets, pass.Inputs.Offsets);
}
