using System.Numerics;
using System.Runtime.InteropServices;

namespace Endpoints.Pruning.Algebra;

/// <summary>The factor L of a symmetric positive definite matrix A = L Lᵀ, with what is solved through it. Rows are arrays; entries right of the diagonal are not read.</summary>
/// <remarks>Every inner loop is a dot product of two rows, n³/6 multiply-adds for the factor and n³/3 more for the inverse.</remarks>
internal sealed class Cholesky
{
    private const int WorthSharing = 256;

    private readonly double[][] _rows;

    private Cholesky(double[][] rows) => _rows = rows;

    /// <summary>Half the logarithm of A's determinant.</summary>
    public double HalfLogDeterminant => _rows.Select((row, i) => Math.Log(row[i])).Sum();

    /// <summary>Factors in place; null where the matrix is not positive definite to working precision. The order of sums, and so every bit, is the same on any number of threads.</summary>
    public static Cholesky? Factor(double[][] matrix)
    {
        for (int column = 0; column < matrix.Length; column++)
        {
            double[] own = matrix[column];
            double pivot = own[column] - Dot(own, own, 0, column);
            if (!(pivot > 0 && double.IsFinite(pivot)))
            {
                return null;
            }

            double root = own[column] = Math.Sqrt(pivot);
            int diagonal = column;
            void Below(int row) => matrix[row][diagonal] = (matrix[row][diagonal] - Dot(matrix[row], own, 0, diagonal)) / root;
            if (matrix.Length - column < WorthSharing)
            {
                for (int row = column + 1; row < matrix.Length; row++)
                {
                    Below(row);
                }
            }
            else
            {
                Parallel.For(column + 1, matrix.Length, Below);
            }
        }

        return new Cholesky(matrix);
    }

    /// <summary>Solves L x = b in place.</summary>
    public void SolveLower(double[] b)
    {
        for (int i = 0; i < _rows.Length; i++)
        {
            b[i] = (b[i] - Dot(_rows[i], b, 0, i)) / _rows[i][i];
        }
    }

    /// <summary>A⁻¹ b.</summary>
    public double[] Solve(double[] b)
    {
        double[] x = [.. b];
        SolveLower(x);
        for (int i = x.Length - 1; i >= 0; i--)
        {
            x[i] /= _rows[i][i];
            for (int j = 0; j < i; j++)
            {
                x[j] -= _rows[i][j] * x[i];
            }
        }

        return x;
    }

    /// <summary>A⁻¹ = L⁻ᵀ L⁻¹, both halves.</summary>
    public double[][] Inverse()
    {
        int n = _rows.Length;

        // Row i is column i of L⁻¹, whose entries above i are zero.
        var columns = new double[n][];
        for (int i = 0; i < n; i++)
        {
            double[] column = columns[i] = new double[n];
            column[i] = 1 / _rows[i][i];
            for (int j = i + 1; j < n; j++)
            {
                column[j] = -Dot(_rows[j], column, i, j) / _rows[j][j];
            }
        }

        var inverse = new double[n][];
        for (int i = 0; i < n; i++)
        {
            inverse[i] = new double[n];
            for (int j = 0; j <= i; j++)
            {
                inverse[i][j] = inverse[j][i] = Dot(columns[i], columns[j], i, n);
            }
        }

        return inverse;
    }

    /// <summary>Σ a[i] b[i] over start ≤ i &lt; end.</summary>
    public static double Dot(double[] a, double[] b, int start, int end)
    {
        ReadOnlySpan<double> left = a.AsSpan(start, end - start);
        ReadOnlySpan<double> right = b.AsSpan(start, end - start);
        ReadOnlySpan<Vector<double>> leftLanes = MemoryMarshal.Cast<double, Vector<double>>(left);
        ReadOnlySpan<Vector<double>> rightLanes = MemoryMarshal.Cast<double, Vector<double>>(right);
        Vector<double> lanes = Vector<double>.Zero;
        for (int i = 0; i < leftLanes.Length; i++)
        {
            lanes += leftLanes[i] * rightLanes[i];
        }

        double sum = Vector.Sum(lanes);
        for (int i = leftLanes.Length * Vector<double>.Count; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }
}
