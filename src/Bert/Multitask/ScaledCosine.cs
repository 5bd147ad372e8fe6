namespace Endpoints.Bert.Multitask;

/// <summary>scale · cos(p, q) of two vectors, and its gradient; in double.</summary>
/// <remarks>
/// The cosine with a vector of (nearly) no length is undefined: shorter than <see cref="ShortestLength"/>, the score is 0 and passes no gradient. The true gradient
/// grows as one over the length, and a single such example would drown the rest of its batch.
/// </remarks>
internal static class ScaledCosine
{
    public const double ShortestLength = 1e-6;

    public static float Score(ReadOnlySpan<float> p, ReadOnlySpan<float> q, float scale)
    {
        (double cosine, _, _) = Cosine(p, q);
        return (float)(scale * cosine);
    }

    /// <summary>∂/∂p = scale · g · (q / |q| - cos · p / |p|) / |p|, and the same for q; what was in the gradients is overwritten.</summary>
    public static void Backward(ReadOnlySpan<float> p, ReadOnlySpan<float> q, float scale, float scoreGradient, Span<float> pGradient, Span<float> qGradient)
    {
        (double cosine, double pLength, double qLength) = Cosine(p, q);
        if (!IsDefined(pLength, qLength))
        {
            pGradient.Clear();
            qGradient.Clear();
            return;
        }

        double factor = (double)scale * scoreGradient;
        for (int i = 0; i < p.Length; i++)
        {
            double pUnit = p[i] / pLength, qUnit = q[i] / qLength;
            pGradient[i] = (float)(factor * (qUnit - (cosine * pUnit)) / pLength);
            qGradient[i] = (float)(factor * (pUnit - (cosine * qUnit)) / qLength);
        }
    }

    private static (double Cosine, double PLength, double QLength) Cosine(ReadOnlySpan<float> p, ReadOnlySpan<float> q)
    {
        double product = 0, pSquares = 0, qSquares = 0;
        for (int i = 0; i < p.Length; i++)
        {
            product += (double)p[i] * q[i];
            pSquares += (double)p[i] * p[i];
            qSquares += (double)q[i] * q[i];
        }

        (double pLength, double qLength) = (Math.Sqrt(pSquares), Math.Sqrt(qSquares));
        return (IsDefined(pLength, qLength) ? product / (pLength * qLength) : 0, pLength, qLength);
    }

    /// <summary>False for short vectors only: a NaN stays one.</summary>
    private static bool IsDefined(double pLength, double qLength) => !(pLength < ShortestLength || qLength < ShortestLength);
}
