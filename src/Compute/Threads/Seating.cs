namespace Endpoints.Compute.Threads;

/// <summary>Which processors the threads of a team run on.</summary>
/// <remarks>
/// <para>
/// Why at all: schedulers have been seen to leave two busy threads on one processor for seconds while another was idle (virtual machines of
/// two cores; a team of two then runs at the speed of one). Seats of the same plan are disjoint: a core each while there are cores enough (its
/// hyper-threads are left to the scheduler), else a logical processor each.
/// </para>
/// <para>
/// When not: several processes on one machine know nothing of each other, and all would choose the same first processors. So a plan pins only
/// where its threads take more than half of what the process's affinity mask allows, when two such processes must meet anyway. A smaller team is
/// left to the scheduler; to pin it, give the process the processors that are its own (<c>taskset</c>, a container's cpuset).
/// </para>
/// </remarks>
public sealed class Seating
{
    /// <summary>Environment variable that, set to 0, leaves all threads to the scheduler.</summary>
    public const string Variable = "ENDPOINTS_PIN";

    private Seating(IReadOnlyList<Seat> seats)
    {
        Seats = seats;
    }

    /// <summary>Threads run wherever the scheduler puts them.</summary>
    public static Seating Free { get; } = new([]);

    /// <summary>One for each thread of the team; empty where they are free.</summary>
    internal IReadOnlyList<Seat> Seats { get; }

    /// <summary>Seats for teams that run at the same time.</summary>
    /// <param name="teams">Number of teams, at least 1.</param>
    /// <param name="threads">Threads of each, callers included, at least 1.</param>
    /// <returns>One for each team: neighbouring cores of their own, or all <see cref="Free"/>.</returns>
    public static IReadOnlyList<Seating> Plan(int teams, int threads) => Plan(teams, threads, Processors.Cores, Environment.GetEnvironmentVariable(Variable));

    internal static IReadOnlyList<Seating> Plan(int teams, int threads, IReadOnlyList<int[]> cores, string? variable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(teams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        long wanted = (long)teams * threads;
        int[][] seats = wanted <= cores.Count ? [.. cores] : [.. cores.SelectMany(core => core).Select(processor => (int[])[processor])];
        bool isPinned = variable != "0" && wanted > 1 && wanted <= seats.Length && 2 * wanted > seats.Length;
        return [.. Enumerable.Range(0, teams).Select(team => isPinned ? new Seating([.. seats.Skip(team * threads).Take(threads).Select(seat => new Seat(seat))]) : Free)];
    }
}
