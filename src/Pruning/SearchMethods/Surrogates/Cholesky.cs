using System.Numerics;
using System.Runtime.InteropServices;

namespace Endpoints.Pruning.SearchMethods.Surrogates;

/// <summary>The factor L of a symmetric positive definite matrix A = L Lᵀ, with what is solved through it. Rows are arrays; entries right of the diagonal are not read.</summary>
/// <remarks>Every inner loop is a dot product of two rows, n³/6 multiply-adds for the factor and n³/3 more for the inverse.</remarks>
internal sealed class Cholesky
{
    private readonly double[][] _rows;

    private Cholesky(double[][] rows) => _rows = rows;

    /// <summary>Half the logarithm of A's determinant.</summary>
    public double HalfLogDeterminant => _rows.Select((row, i) => Math.Log(row[i])).Sum();

    /// <summary>Factors in place; null where the matrix is not positive definite.</summary>
    public static Cholesky? Factor(double[][] matrix)
    {
        for (int i = 0; i < matrix.Length; i++)
        {
            double[] row = matrix[i];
            for (int j = 0; j < i; j++)
            {
                row[j] = (row[j] - Dot(row, matrix[j], 0, j)) / matrix[j][j];
            }

            double pivot = row[i] - Dot(row, row, 0, i);
            if (!(pivot > 0) || !double.IsFinite(pivot))
            {
                return null;
            }

            row[i] = Math.Sqrt(pivot);
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
