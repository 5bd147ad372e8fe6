namespace Endpoints.Pruning.Algebra;

/// <summary>Solves (G + λI) x = r for a symmetric, positive semidefinite G by Cholesky's factorisation, in double.</summary>
internal static class RidgeSolver
{
    /// <summary>The solution; null where G + λI is not positive definite to working precision.</summary>
    /// <param name="gram">(n × n), row-major; only the lower triangle is read. It stays as it is.</param>
    /// <param name="right">(n).</param>
    /// <param name="damping">λ, at least 0.</param>
    public static double[]? Solve(double[] gram, double[] right, double damping)
    {
        double[][] damped = [.. right.Select((_, row) => gram.AsSpan(row * right.Length, row + 1).ToArray())];
        for (int i = 0; i < damped.Length; i++)
        {
            damped[i][i] += damping;
        }

        return Cholesky.Factor(damped)?.Solve(right);
    }
}
