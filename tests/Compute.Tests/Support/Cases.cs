using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Support;

/// <summary>Theory rows: what every kernel is tried on.</summary>
public static class Cases
{
    /// <summary>Every vector width that this processor has.</summary>
    public static TheoryData<SimdPath> Paths => [.. SimdSelection.Available];

    /// <summary>Row widths around the vector widths, and real ones.</summary>
    public static IReadOnlyList<int> Widths { get; } = [1, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 100, 769];

    /// <summary>Runs something on teams of 1, 2 and 3 threads and requires the same bits from each.</summary>
    internal static int[] OnEveryTeam(Func<ThreadTeam, int[]> run)
    {
        int[]? first = null;
        for (int size = 1; size <= 3; size++)
        {
            using var team = new ThreadTeam(size);
            int[] bits = run(team);
            first ??= bits;
            Assert.True(first.AsSpan().SequenceEqual(bits), $"A team of {size} gives other bits than one thread.");
        }

        return first!;
    }
}
