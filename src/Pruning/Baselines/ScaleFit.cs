using Endpoints.Bert;
using Endpoints.Bert.Training;
using Endpoints.Compute;
using Endpoints.Compute.Gemm;
using Endpoints.Compute.Threads;
using Endpoints.Pruning.Algebra;

namespace Endpoints.Pruning.Baselines;

/// <summary>What a fit of scales found.</summary>
/// <param name="Scales">One factor for each kept head or unit; all 1 where nothing could be gained.</param>
/// <param name="ErrorBefore">Sum of squared differences between the teacher's sums and the student's.</param>
/// <param name="ErrorAfter">The same with the scales, which never is more.</param>
/// <param name="Damping">λ that was needed.</param>
internal sealed record ScaleSolution(double[] Scales, double ErrorBefore, double ErrorAfter, double Damping);

/// <summary>
/// Least squares for one block: factors v = 1 + x of its heads (or units) such that its sum before LayerNorm comes as near as possible to a teacher's,
/// min ‖A x - e‖² + λ‖x‖², where column i of A is what head i adds to the sum and e is teacher minus student. Collected batch by batch as normal equations.
/// </summary>
/// <remarks>
/// AᵀA is the element-wise product of WᵀW and CᵀC (with C what enters the projection W), so A itself, tokens × H × heads, is never made. The damped minimum
/// can be no worse than x = 0, so a fit never raises a block's error.
/// </remarks>
internal sealed class ScaleFit : IDisposable
{
    private const double LargestScale = 10;
    private const double WeakestDamping = 1e-4;
    private const int Attempts = 12;

    private readonly ThreadTeam _team;
    private readonly LinearParameters _projection;
    private readonly int _width;
    private readonly double[] _inner;
    private readonly double[] _cross;
    private readonly GrowingBuffer _c = new();
    private readonly GrowingBuffer _e = new();
    private readonly GrowingBuffer _product = new();
    private double _squares;

    /// <summary>A fit of a projection of which each <paramref name="width"/> inputs share a factor: the head size, or 1.</summary>
    public ScaleFit(ThreadTeam team, LinearParameters projection, int width)
    {
        (_team, _projection, _width) = (team, projection, width);
        _inner = new double[(long)projection.Inputs * projection.Inputs];
        _cross = new double[(long)projection.Inputs * projection.Outputs];
    }

    /// <summary>Adds a batch.</summary>
    /// <param name="student">What the student's block computed.</param>
    /// <param name="teacherSum">What the teacher's block normalised, in the same rows.</param>
    public void Add(BlockActivations student, float[] teacherSum)
    {
        MatrixView c = _c.Matrix(student.Rows, _projection.Inputs), e = _e.Matrix(student.Rows, _projection.Outputs);
        Span<float> difference = Span(e);
        student.Inner.CopyTo(Span(c));
        for (int i = 0; i < difference.Length; i++)
        {
            difference[i] = teacherSum[i] - student.Sum[i];
            _squares += (double)difference[i] * difference[i];
        }

        AddProduct(c, c, _inner);
        AddProduct(c, e, _cross);
    }

    /// <summary>
    /// The factors. Damping starts at a ten-thousandth of the mean diagonal of AᵀA, whatever the number of tokens, and is made ten times stronger while the
    /// equations cannot be solved or a factor is beyond ±10; the published code then leaves this block and all above it as they are.
    /// </summary>
    public ScaleSolution Solve()
    {
        (double[] gram, double[] right) = NormalEquations();
        int n = right.Length;
        double damping = WeakestDamping * Enumerable.Range(0, n).Sum(i => gram[(i * n) + i]) / n;
        for (int attempt = 0; attempt < Attempts; attempt++, damping *= 10)
        {
            if (RidgeSolver.Solve(gram, right, damping) is { } x && x.All(value => Math.Abs(1 + value) <= LargestScale))
            {
                double after = _squares + Quadratic(gram, right, x);
                if (after <= _squares)
                {
                    return new ScaleSolution([.. x.Select(value => 1 + value)], _squares, Math.Max(0, after), damping);
                }
            }
        }

        return new ScaleSolution([.. Enumerable.Repeat(1.0, n)], _squares, _squares, damping);
    }

    public void Dispose()
    {
        _c.Dispose();
        _e.Dispose();
        _product.Dispose();
    }

    /// <summary>AᵀA and Aᵀe, each entry the sum over its heads' columns.</summary>
    private (double[] Gram, double[] Right) NormalEquations()
    {
        int inputs = _projection.Inputs, outputs = _projection.Outputs, n = inputs / _width;
        double[] weights = new double[(long)inputs * inputs];
        MatrixView w = _c.Matrix(outputs, inputs);
        _projection.Weight.CopyTo(Span(w));
        AddProduct(w, w, weights);
        double[] gram = new double[n * n], right = new double[n];
        for (int a = 0; a < inputs; a++)
        {
            for (int b = 0; b < inputs; b++)
            {
                gram[(a / _width * n) + (b / _width)] += weights[((long)a * inputs) + b] * _inner[((long)a * inputs) + b];
            }

            for (int o = 0; o < outputs; o++)
            {
                right[a / _width] += _projection.Weight[(o * inputs) + a] * _cross[((long)a * outputs) + o];
            }
        }

        return (gram, right);
    }

    /// <summary>xᵀ G x - 2 rᵀ x.</summary>
    private static double Quadratic(double[] gram, double[] right, double[] x)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double row = -2 * right[i];
            for (int j = 0; j < x.Length; j++)
            {
                row += gram[(i * x.Length) + j] * x[j];
            }

            sum += row * x[i];
        }

        return sum;
    }

    /// <summary>sums += aᵀ b: one product in float32, added up over batches in double.</summary>
    private void AddProduct(MatrixView a, MatrixView b, double[] sums)
    {
        MatrixView product = _product.Matrix(a.Columns, b.Columns);
        Span<float> values = Span(product);
        values.Clear();
        Gemm.MultiplyAdd(_team, LeftView.Transposed(a), RightView.Of(b), product);
        for (int i = 0; i < values.Length; i++)
        {
            sums[i] += values[i];
        }
    }

    private static unsafe Span<float> Span(MatrixView matrix) => new(matrix.Data, matrix.Rows * matrix.Columns);
}
