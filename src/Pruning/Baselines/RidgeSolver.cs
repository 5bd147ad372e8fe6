using System.Numerics;
using System.Runtime.InteropServices;

namespace Endpoints.Pruning.Baselines;

/// <summary>Solves (G + λI) x = r for a symmetric, positive semidefinite G by Cholesky's factorisation, in double.</summary>
internal static class RidgeSolver
{
    /// <summary>The solution; null where G + λI is not positive definite to working precision.</summary>
    /// <param name="gram">(n × n), row-major; only the lower triangle is read. It stays as it is.</param>
    /// <param name="right">(n).</param>
    /// <param name="damping">λ, at least 0.</param>
    public static double[]? Solve(double[] gram, double[] right, double damping)
    {
        int n = right.Length;
        double[] factor = (double[])gram.Clone();
        for (int column = 0; column < n; column++)
        {
            double pivot = factor[(column * n) + column] + damping - Dot(Row(factor, n, column, column), Row(factor, n, column, column));
            if (!(pivot > 0 && double.IsFinite(pivot)))
            {
                return null;
            }

            double root = Math.Sqrt(pivot);
            factor[(column * n) + column] = root;
            Parallel.For(column + 1, n, new ParallelOptions { MaxDegreeOfParallelism = n - column < 256 ? 1 : -1 }, row =>
                factor[(row * n) + column] = (factor[(row * n) + column] - Dot(Row(factor, n, row, column), Row(factor, n, column, column))) / root);
        }

        return Substitute(factor, right);
    }

    private static double[] Substitute(double[] factor, double[] right)
    {
        int n = right.Length;
        double[] x = (double[])right.Clone();
        for (int row = 0; row < n; row++)
        {
            x[row] = (x[row] - Dot(Row(factor, n, row, row), x.AsSpan(0, row))) / factor[(row * n) + row];
        }

        for (int row = n - 1; row >= 0; row--)
        {
            x[row] /= factor[(row * n) + row];
            for (int i = 0; i < row; i++)
            {
                x[i] -= factor[(row * n) + i] * x[row];
            }
        }

        return x;
    }

    private static ReadOnlySpan<double> Row(double[] matrix, int n, int row, int length) => matrix.AsSpan(row * n, length);

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ReadOnlySpan<Vector<double>> left = MemoryMarshal.Cast<double, Vector<double>>(a), right = MemoryMarshal.Cast<double, Vector<double>>(b);
        Vector<double> sums = Vector<double>.Zero;
        for (int i = 0; i < left.Length; i++)
        {
            sums += left[i] * right[i];
        }

        double sum = Vector.Sum(sums);
        for (int i = left.Length * Vector<double>.Count; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
