using Endpoints.Compute;
using Endpoints.Compute.Attention;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Training;

namespace Endpoints.Bert.Training;

/// <summary>The attention block in training: z = LN(x + dropout(W_O · attention(x))) over the first heads, and its backward.</summary>
/// <param name="parameters">Weights.</param>
/// <param name="gradients">Where gradients are added.</param>
/// <param name="precision">What the products with its weights run in. Scores, probabilities and their gradients are float32 always: the backward computes them again.</param>
/// <param name="site">Numbers this block's dropout masks.</param>
internal sealed unsafe class TrainingAttention(AttentionParameters parameters, AttentionParameters gradients, Precision precision, int site) : IDisposable
{
    private readonly TrainingLinear _query = new(parameters.Query, gradients.Query, precision);
    private readonly TrainingLinear _key = new(parameters.Key, gradients.Key, precision);
    private readonly TrainingLinear _value = new(parameters.Value, gradients.Value, precision);
    private readonly TrainingLinear _output = new(parameters.Output, gradients.Output, precision);
    private readonly TrainingNorm _norm = new(parameters.Norm, gradients.Norm);
    private readonly GrowingBuffer _q = new();
    private readonly GrowingBuffer _k = new();
    private readonly GrowingBuffer _v = new();
    private readonly GrowingBuffer _context = new();

    public IEnumerable<TrainingLinear> Linears => [_query, _key, _value, _output];

    /// <summary>What the last forward multiplied with W_O: each head's share of the columns, a row for each of its <paramref name="rows"/>.</summary>
    public MatrixView Context(int rows) => _context.Matrix(rows, parameters.Query.Outputs);

    /// <summary>What the last forward normalised: input and W_O · attention, added.</summary>
    public MatrixView Sum => _norm.LastInput;

    /// <summary>Runs the first heads. Queries and results are <paramref name="rows"/>; keys and values come from <paramref name="hidden"/>.</summary>
    public MatrixView Forward(TrainingPass pass, int heads, MatrixView rows, MatrixView hidden, int* queryOffsets)
    {
        int width = heads * pass.Config.HeadSize;
        MatrixView q = _q.Matrix(rows.Rows, width), k = _k.Matrix(hidden.Rows, width), v = _v.Matrix(hidden.Rows, width), context = _context.Matrix(rows.Rows, width);
        (TrainingOperand all, TrainingOperand asking) = Inputs(pass, rows, hidden);
        _query.Forward(pass, asking, q, new AddBias(_query.Bias));
        _key.Forward(pass, all, k, new AddBias(_key.Bias));
        _value.Forward(pass, all, v, new AddBias(_value.Bias));
        pass.CountAttention(queryOffsets, width, products: 2);
        AttentionForward.Run(
            pass.Team, Shape(pass, heads, queryOffsets), q, k, v, context, pass.Scratch.For(pass.Inputs.MaxLength, pass.Config.HeadSize), pass.AttentionDropout(site));
        MatrixView sum = _norm.Input(rows.Rows);
        _output.Forward(pass, pass.Input.Of(context), sum, new AddBias(_output.Bias));
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
        TrainingOperand branch = pass.Gradient.Of(Dropped(pass, gradient, pass.HiddenDropout(site + 1)));
        MatrixView contextGradient = pass.Context.Matrix(rows.Rows, width);
        _output.AddGradients(pass, pass.Input.Of(_context.Matrix(rows.Rows, width)), branch);
        _output.InputGradient(pass, branch, contextGradient, add: false);
        pass.Masks?.Heads(pass.Team, _context.Matrix(rows.Rows, width), contextGradient, pass.Config.HeadSize, pass.Inputs.Count, queryOffsets);

        pass.CountAttention(queryOffsets, width, products: 5);
        MatrixView dq = pass.Query.Matrix(rows.Rows, width), dk = pass.Key.Matrix(hidden.Rows, width), dv = pass.Value.Matrix(hidden.Rows, width);
        AttentionBackward.Run(
            pass.Team, Shape(pass, heads, queryOffsets), _q.Matrix(rows.Rows, width), _k.Matrix(hidden.Rows, width), _v.Matrix(hidden.Rows, width), contextGradient,
            dq, dk, dv, pass.Scratch.For(pass.Inputs.MaxLength, pass.Config.HeadSize), pass.AttentionDropout(site));
        (TrainingOperand all, TrainingOperand asking) = Inputs(pass, rows, hidden);
        Backward(pass, _query, asking, dq, gradient);
        Backward(pass, _key, all, dk, hiddenGradient);
        Backward(pass, _value, all, dv, hiddenGradient);
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

    /// <summary>What keys and values are computed from, and what queries are: one operand where they are the same rows.</summary>
    private static (TrainingOperand All, TrainingOperand Asking) Inputs(TrainingPass pass, MatrixView rows, MatrixView hidden)
    {
        TrainingOperand all = pass.Input.Of(hidden);
        return (all, rows.Data == hidden.Data ? all : pass.FirstRows.Of(rows));
    }

    private static void Backward(TrainingPass pass, TrainingLinear linear, TrainingOperand x, MatrixView dy, MatrixView dx)
    {
        TrainingOperand gradient = pass.Gradient.Of(dy);
        linear.AddGradients(pass, x, gradient);
        linear.InputGradient(pass, gradient, dx, add: true);
    }

    private static AttentionShape Shape(TrainingPass pass, int heads, int* queryOffsets) =>
        new(pass.Inputs.Count, heads, pass.Config.HeadSize, queryOffsets, pass.Inputs.Offsets);
}
