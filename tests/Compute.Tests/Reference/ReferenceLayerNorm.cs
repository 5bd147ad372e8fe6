namespace Endpoints.Compute.Tests.Reference;

/// <summary>Layer normalisation of one row, and its gradients, from the formulas.</summary>
internal static class ReferenceLayerNorm
{
    public static double[] Forward(double[] x, double[] gamma, double[] beta, double epsilon)
    {
        double[] normalized = Normalize(x, epsilon, out _);
        return [.. normalized.Select((value, i) => (value * gamma[i]) + beta[i])];
    }

    /// <summary>Gradients of x, γ and β.</summary>
    public static (double[] X, double[] Gamma, double[] Beta) Backward(double[] x, double[] gamma, double epsilon, double[] dy)
    {
        double[] normalized = Normalize(x, epsilon, out double deviation);
        double[] g = [.. dy.Select((value, i) => value * gamma[i])];
        double mean = g.Average(), projection = g.Select((value, i) => value * normalized[i]).Average();
        return (
            [.. g.Select((value, i) => (value - mean - (normalized[i] * projection)) / deviation)],
            [.. dy.Select((value, i) => value * normalized[i])],
            dy);
    }

    private static double[] Normalize(double[] x, double epsilon, out double deviation)
    {
        double mean = x.Average();
        double root = Math.Sqrt(x.Select(value => (value - mean) * (value - mean)).Average() + epsilon);
        deviation = root;
        return [.. x.Select(value => (value - mean) / root)];
    }
}
