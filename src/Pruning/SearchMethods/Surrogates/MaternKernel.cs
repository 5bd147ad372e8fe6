namespace Endpoints.Pruning.SearchMethods.Surrogates;

/// <summary>
/// Matérn 5/2 with a length scale for each input (automatic relevance determination): k(r) = σ² (1 + √5 r + 5r²/3) exp(-√5 r), where r is the distance after each
/// input is divided by its length scale.
/// </summary>
/// <remarks>Parameters are logarithms, in this order: the length scales, the signal variance σ², the noise variance.</remarks>
internal sealed class MaternKernel
{
    private readonly double[] _inverseSquares;

    public MaternKernel(double[] logParameters)
    {
        int inputs = logParameters.Length - 2;
        _inverseSquares = [.. logParameters.Take(inputs).Select(length => Math.Exp(-2 * length))];
        Signal = Math.Exp(logParameters[inputs]);
        Noise = Math.Exp(logParameters[inputs + 1]);
    }

    /// <summary>σ²: the variance far from any observation.</summary>
    public double Signal { get; }

    /// <summary>Variance of an observation around the function.</summary>
    public double Noise { get; }

    /// <summary>The covariance of the function at two points.</summary>
    public double Of(double[] a, double[] b)
    {
        double root = Math.Sqrt(5 * SquaredDistance(a, b));
        return Signal * (1 + root + (root * root / 3)) * Math.Exp(-root);
    }

    /// <summary>
    /// The covariance, and what its derivative by the logarithm of length scale k is for each squared difference (a_k - b_k)² / ℓ_k²:
    /// 5/3 σ² (1 + √5 r) exp(-√5 r).
    /// </summary>
    public (double Value, double Slope) WithSlope(double[] a, double[] b)
    {
        double root = Math.Sqrt(5 * SquaredDistance(a, b));
        double decay = Signal * Math.Exp(-root);
        return (decay * (1 + root + (root * root / 3)), decay * (1 + root) * 5 / 3);
    }

    /// <summary>(a_k - b_k)² / ℓ_k².</summary>
    public double SquaredDifference(double[] a, double[] b, int input)
    {
        double difference = a[input] - b[input];
        return difference * difference * _inverseSquares[input];
    }

    private double SquaredDistance(double[] a, double[] b)
    {
        double sum = 0;
        for (int k = 0; k < _inverseSquares.Length; k++)
        {
            double difference = a[k] - b[k];
            sum += difference * difference * _inverseSquares[k];
        }

        return sum;
    }
}
