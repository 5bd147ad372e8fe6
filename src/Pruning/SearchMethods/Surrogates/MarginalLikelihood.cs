using Endpoints.Pruning.Algebra;

namespace Endpoints.Pruning.SearchMethods.Surrogates;

/// <summary>How well a kernel's parameters explain observations: log p(y) = -½ yᵀ K⁻¹ y - ½ log |K| - n/2 log 2π, with K = k(X, X) + noise (Rasmussen and Williams 2006, section 5.4).</summary>
internal sealed class MarginalLikelihood(double[][] inputs, double[] targets)
{
    /// <summary>The logarithm and its gradient by every (logarithmic) parameter; null where K is not positive definite.</summary>
    public (double Value, double[] Gradient)? Evaluate(double[] logParameters)
    {
        var kernel = new MaternKernel(logParameters);
        int count = inputs.Length;
        double[][] covariance = Covariance(kernel, out double[][] slopes);
        double[][] signal = [.. covariance.Select(row => row.ToArray())];
        for (int i = 0; i < count; i++)
        {
            covariance[i][i] += kernel.Noise;
        }

        if (Cholesky.Factor(covariance) is not { } factor)
        {
            return null;
        }

        double[] weights = factor.Solve(targets);
        double value = (-0.5 * Cholesky.Dot(targets, weights, 0, count)) - factor.HalfLogDeterminant - (0.5 * count * Math.Log(2 * Math.PI));

        // Each derivative is ½ tr((w wᵀ - K⁻¹) ∂K), and ∂K is symmetric: off the diagonal every pair counts twice.
        double[][] inverse = factor.Inverse();
        double[] gradient = new double[logParameters.Length];
        int scales = logParameters.Length - 2;
        for (int i = 0; i < count; i++)
        {
            double onDiagonal = (weights[i] * weights[i]) - inverse[i][i];
            gradient[scales] += 0.5 * onDiagonal * signal[i][i];
            gradient[scales + 1] += 0.5 * onDiagonal * kernel.Noise;
            for (int j = 0; j < i; j++)
            {
                double factorOfPair = (weights[i] * weights[j]) - inverse[i][j];
                gradient[scales] += factorOfPair * signal[i][j];
                double sloped = factorOfPair * slopes[i][j];
                for (int k = 0; k < scales; k++)
                {
                    gradient[k] += sloped * kernel.SquaredDifference(inputs[i], inputs[j], k);
                }
            }
        }

        return (value, gradient);
    }

    private double[][] Covariance(MaternKernel kernel, out double[][] slopes)
    {
        var covariance = new double[inputs.Length][];
        slopes = new double[inputs.Length][];
        for (int i = 0; i < inputs.Length; i++)
        {
            covariance[i] = new double[inputs.Length];
            slopes[i] = new double[i];
            for (int j = 0; j < i; j++)
            {
                (covariance[i][j], slopes[i][j]) = kernel.WithSlope(inputs[i], inputs[j]);
            }

            covariance[i][i] = kernel.Signal;
        }

        return covariance;
    }
}
