using System.Globalization;

namespace Endpoints.Compute.Threads;

/// <summary>The processors that this process may run on.</summary>
public static class Processors
{
    /// <summary>
    /// The physical cores, each with those of its logical processors that the affinity mask allows, in ascending order. Read once, before the
    /// first team starts: later a thread's own mask may be narrower. Empty where the system does not say.
    /// </summary>
    internal static IReadOnlyList<int[]> Cores { get; } = ReadCores();

    /// <summary>The logical processor that the calling thread is on at this moment; -1 where the system does not say (only Linux does).</summary>
    public static int Current => Affinity.Current;

    /// <summary>The numbers in a list as the kernel writes them, such as <c>0-3,8,10-11</c>; empty where it is none.</summary>
    internal static int[] ParseList(string text)
    {
        var numbers = new List<int>();
        foreach (string range in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] ends = range.Split('-');
            if (ends.Length > 2
                || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int last))
            {
                return [];
            }

            for (int number = first; number <= last; number++)
            {
                numbers.Add(number);
            }
        }

        return [.. numbers];
    }

    /// <summary>Allowed processors, those of one core together, cores in the order of their first.</summary>
    /// <param name="allowed">Processors of the mask, ascending.</param>
    /// <param name="siblings">The logical processors of a processor's core, itself among them; anything else counts as a core of its own.</param>
    internal static int[][] Group(IReadOnlyList<int> allowed, Func<int, int[]> siblings)
    {
        var cores = new List<int[]>();
        var placed = new HashSet<int>();
        foreach (int processor in allowed)
        {
            if (!placed.Contains(processor))
            {
                int[] core = [.. siblings(processor).Intersect(allowed).Except(placed).Order()];
                cores.Add(core.Contains(processor) ? core : [processor]);
                placed.UnionWith(cores[^1]);
            }
        }

        return [.. cores];
    }

    private static int[][] ReadCores()
    {
        Span<ulong> mask = stackalloc ulong[Affinity.Words];
        if (!Affinity.TryRead(mask))
        {
            return [];
        }

        var allowed = new List<int>();
        for (int processor = 0; processor < 64 * Affinity.Words; processor++)
        {
            if (Affinity.Holds(mask, processor))
            {
                allowed.Add(processor);
            }
        }

        return Group(allowed, ReadSiblings);
    }

    private static int[] ReadSiblings(int processor)
    {
        string file = $"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list";
        try
        {
            return ParseList(File.ReadAllText(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Some containers hide it: then every processor counts as a core.
            return [];
        }
    }
}
