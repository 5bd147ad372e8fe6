namespace Endpoints.Compute.Tests.Reference;

/// <summary>A matrix product from its definition.</summary>
internal static class ReferenceGemm
{
    /// <summary>C = A · B, and Σ |a b| of each element, which bounds its rounding error.</summary>
    public static (double[,] Product, double[,] Magnitude) Multiply(double[,] a, double[,] b)
    {
        int rows = a.GetLength(0), depth = a.GetLength(1), columns = b.GetLength(1);
        var product = new double[rows, columns];
        var magnitude = new double[rows, columns];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                double sum = 0, sizes = 0;
                for (int k = 0; k < depth; k++)
                {
                    double term = a[row, k] * b[k, column];
                    sum += term;
                    sizes += Math.Abs(term);
                }

                product[row, column] = sum;
                magnitude[row, column] = sizes;
            }
        }

        return (product, magnitude);
    }
}
