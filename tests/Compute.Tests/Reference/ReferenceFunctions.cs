namespace Endpoints.Compute.Tests.Reference;

/// <summary>Elementary functions in double precision, straight from their definitions.</summary>
internal static class ReferenceFunctions
{
    /// <summary>erf(x) = 2/√π e^(-x²) Σ 2ⁿ x^(2n+1) / (1·3·..·(2n+1)): all terms have one sign, so nothing cancels.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x) || Math.Abs(x) > 6)
        {
            return double.IsNaN(x) ? x : Math.Sign(x);
        }

        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    public static double Gelu(double x) => x * (1 + Erf(x / Math.Sqrt(2))) / 2;

    public static double GeluDerivative(double x) => ((1 + Erf(x / Math.Sqrt(2))) / 2) + (x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));

    /// <summary>softmax(scale · x).</summary>
    public static double[] Softmax(double[] x, double scale)
    {
        double[] e = [.. x.Select(value => Math.Exp(scale * (value - x.Max())))];
        double sum = e.Sum();
        return [.. e.Select(value => value / sum)];
    }
}
