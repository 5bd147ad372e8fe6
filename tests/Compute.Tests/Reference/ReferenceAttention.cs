namespace Endpoints.Compute.Tests.Reference;

/// <summary>One head of attention on one sequence, and its gradients, from the formulas. Masks hold 0 or 1 / (1 - rate) for each probability.</summary>
internal static class ReferenceAttention
{
    /// <summary>(softmax(Q Kᵀ / √d) ∘ mask) V.</summary>
    public static double[,] Forward(double[,] q, double[,] k, double[,] v, double[,] mask) =>
        ReferenceGemm.Multiply(Product(Probabilities(q, k), mask), v).Product;

    /// <summary>Gradients of Q, K and V for the context's gradient.</summary>
    public static (double[,] Q, double[,] K, double[,] V) Backward(double[,] q, double[,] k, double[,] v, double[,] mask, double[,] contextGradient)
    {
        double[,] p = Probabilities(q, k);
        double[,] dp = Product(ReferenceGemm.Multiply(contextGradient, Transpose(v)).Product, mask);
        var ds = new double[p.GetLength(0), p.GetLength(1)];
        for (int row = 0; row < p.GetLength(0); row++)
        {
            double mean = Enumerable.Range(0, p.GetLength(1)).Sum(column => p[row, column] * dp[row, column]);
            for (int column = 0; column < p.GetLength(1); column++)
            {
                ds[row, column] = p[row, column] * (dp[row, column] - mean) / Math.Sqrt(q.GetLength(1));
            }
        }

        return (
            ReferenceGemm.Multiply(ds, k).Product,
            ReferenceGemm.Multiply(Transpose(ds), q).Product,
            ReferenceGemm.Multiply(Transpose(Product(p, mask)), contextGradient).Product);
    }

    private static double[,] Probabilities(double[,] q, double[,] k)
    {
        double[,] p = ReferenceGemm.Multiply(q, Transpose(k)).Product;
        for (int row = 0; row < p.GetLength(0); row++)
        {
            double[] softmax = ReferenceFunctions.Softmax([.. Enumerable.Range(0, p.GetLength(1)).Select(column => p[row, column])], 1 / Math.Sqrt(q.GetLength(1)));
            for (int column = 0; column < softmax.Length; column++)
            {
                p[row, column] = softmax[column];
            }
        }

        return p;
    }

    private static double[,] Transpose(double[,] x) => Map(x.GetLength(1), x.GetLength(0), (row, column) => x[column, row]);

    private static double[,] Product(double[,] x, double[,] y) => Map(x.GetLength(0), x.GetLength(1), (row, column) => x[row, column] * y[row, column]);

    private static double[,] Map(int rows, int columns, Func<int, int, double> element)
    {
        var result = new double[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                result[row, column] = element(row, column);
            }
        }

        return result;
    }
}
