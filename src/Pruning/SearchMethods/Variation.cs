using System.Collections.Immutable;
using Endpoints.Pruning.SearchSpaces;

namespace Endpoints.Pruning.SearchMethods;

/// <summary>
/// How two points make two others: simulated binary crossover and polynomial mutation for integers (Deb and Agrawal 1995; rounded and kept inside the bounds), uniform
/// crossover and flips for bits.
/// </summary>
internal static class Variation
{
    private const double CrossoverChance = 0.9;
    private const double CrossoverIndex = 15;
    private const double MutationIndex = 20;

    /// <summary>Two children of two points; copies of them in one case of ten.</summary>
    public static (int[] First, int[] Second) Cross(ImmutableArray<Dimension> dimensions, SearchPoint first, SearchPoint second, Random random)
    {
        int[] a = [.. first.Values];
        int[] b = [.. second.Values];
        if (random.NextDouble() < CrossoverChance)
        {
            for (int i = 0; i < a.Length; i++)
            {
                // Each dimension takes part in half of the cases.
                if (a[i] != b[i] && random.Next(2) == 0)
                {
                    (a[i], b[i]) = IsBit(dimensions[i]) ? (b[i], a[i]) : Spread(dimensions[i], a[i], b[i], random);
                }
            }
        }

        return (a, b);
    }

    /// <summary>Changes each dimension with a chance of one in their number; takes the array over.</summary>
    public static SearchPoint Mutate(ImmutableArray<Dimension> dimensions, int[] values, Random random)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (dimensions[i].Minimum < dimensions[i].Maximum && random.Next(values.Length) == 0)
            {
                values[i] = IsBit(dimensions[i]) ? dimensions[i].Minimum + dimensions[i].Maximum - values[i] : Step(dimensions[i], values[i], random);
            }
        }

        return new SearchPoint(ImmutableArray.Create(values));
    }

    private static bool IsBit(Dimension dimension) => dimension.Maximum - dimension.Minimum == 1;

    /// <summary>Two values as far from each other as the parents', on average, and around the same middle.</summary>
    private static (int First, int Second) Spread(Dimension dimension, int a, int b, Random random)
    {
        double u = random.NextDouble();
        double spread = Math.Pow(u <= 0.5 ? 2 * u : 1 / (2 * (1 - u)), 1 / (CrossoverIndex + 1));
        double middle = (a + b) / 2.0;
        double half = spread * (b - a) / 2.0;
        return (Inside(dimension, middle - half), Inside(dimension, middle + half));
    }

    /// <summary>A value nearby, and at least one away.</summary>
    private static int Step(Dimension dimension, int value, Random random)
    {
        double u = random.NextDouble();
        double share = u < 0.5 ? Math.Pow(2 * u, 1 / (MutationIndex + 1)) - 1 : 1 - Math.Pow(2 * (1 - u), 1 / (MutationIndex + 1));
        double step = share * (dimension.Maximum - dimension.Minimum);
        int moved = Inside(dimension, value + (Math.Abs(step) < 1 ? (share < 0 ? -1 : 1) : step));
        return moved != value ? moved : value == dimension.Minimum ? value + 1 : value - 1;
    }

    private static int Inside(Dimension dimension, double value) => (int)Math.Clamp(Math.Round(value), dimension.Minimum, dimension.Maximum);
}
