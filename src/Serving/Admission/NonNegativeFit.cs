namespace Endpoints.Serving.Admission;

/// <summary>
/// Least squares of three unknowns that cannot be negative, held to a prior: minimises Σ w (v − u·φ)² + μ Σ (φᵢ − pᵢ)² over φ ≥ 0. Keeps only the
/// sums, and forgets old observations when told to.
/// </summary>
internal sealed class NonNegativeFit
{
    private const int Unknowns = 3;

    private readonly double[,] _uu = new double[Unknowns, Unknowns];
    private readonly double[] _uv = new double[Unknowns];

    /// <summary>Adds an observation, after everything before it was made to weigh <paramref name="memory"/> of what it did.</summary>
    public void Add(ReadOnlySpan<double> u, double v, double memory = 1)
    {
        for (int i = 0; i < Unknowns; i++)
        {
            for (int j = 0; j < Unknowns; j++)
            {
                _uu[i, j] = (memory * _uu[i, j]) + (u[i] * u[j]);
            }

            _uv[i] = (memory * _uv[i]) + (u[i] * v);
        }
    }

    /// <summary>Solves for φ.</summary>
    /// <param name="prior">p, not negative.</param>
    /// <param name="weight">μ, above 0: then there is always exactly one solution.</param>
    /// <param name="solution">Receives φ.</param>
    public void Solve(ReadOnlySpan<double> prior, double weight, Span<double> solution)
    {
        // Three unknowns have eight sets that may be the ones above zero: the best solution of them all is looked for, which needs no iteration.
        double best = double.PositiveInfinity;
        Span<double> candidate = stackalloc double[Unknowns];
        for (int free = 0; free < 1 << Unknowns; free++)
        {
            double value = Minimum(prior, weight, free, candidate);
            if (value < best)
            {
                best = value;
                candidate.CopyTo(solution);
            }
        }
    }

    /// <summary>The minimum over the unknowns whose bit is set, the others being 0: Gauss elimination, without pivots because the matrix is positive definite.</summary>
    /// <returns>The objective less a constant; infinity where an unknown is negative.</returns>
    private double Minimum(ReadOnlySpan<double> prior, double weight, int free, Span<double> phi)
    {
        Span<double> rows = stackalloc double[Unknowns * (Unknowns + 1)];
        for (int i = 0; i < Unknowns; i++)
        {
            bool isFree = (free >> i & 1) != 0;
            Span<double> row = rows.Slice(i * (Unknowns + 1), Unknowns + 1);
            for (int j = 0; j < Unknowns; j++)
            {
                row[j] = isFree && (free >> j & 1) != 0 ? _uu[i, j] : 0;
            }

            row[i] += isFree ? weight : 1;
            row[Unknowns] = isFree ? Target(prior, weight, i) : 0;
        }

        Eliminate(rows, phi);
        double value = 0;
        for (int i = 0; i < Unknowns; i++)
        {
            if (phi[i] < 0)
            {
                return double.PositiveInfinity;
            }

            value -= phi[i] * Target(prior, weight, i);
        }

        // At a minimum φᵀMφ = φᵀt, so the objective φᵀMφ − 2 φᵀt is −φᵀt.
        return value;
    }

    private double Target(ReadOnlySpan<double> prior, double weight, int i) => _uv[i] + (weight * prior[i]);

    private static void Eliminate(Span<double> rows, Span<double> phi)
    {
        const int Width = Unknowns + 1;
        for (int pivot = 0; pivot < Unknowns; pivot++)
        {
            for (int row = pivot + 1; row < Unknowns; row++)
            {
                double factor = rows[(row * Width) + pivot] / rows[(pivot * Width) + pivot];
                for (int column = pivot; column < Width; column++)
                {
                    rows[(row * Width) + column] -= factor * rows[(pivot * Width) + column];
                }
            }
        }

        for (int row = Unknowns - 1; row >= 0; row--)
        {
            double sum = rows[(row * Width) + Unknowns];
            for (int column = row + 1; column < Unknowns; column++)
            {
                sum -= rows[(row * Width) + column] * phi[column];
            }

            phi[row] = sum / rows[(row * Width) + row];
        }
    }
}
