using System.Globalization;

namespace Endpoints.Cli.Doctor;

/// <summary>What a container or a shell holds back: processor time, memory, file handles.</summary>
internal static class LimitChecks
{
    private const double GiB = 1L << 30;

    // A connection is a handle; the server takes 10,000 before it closes further ones (Endpoints:Connections:MaxConnections).
    private const long EnoughHandles = 12_000;

    /// <summary>The limits of a control group.</summary>
    /// <param name="Processors">Processors' worth of time; null for no limit.</param>
    /// <param name="MemoryBytes">Memory; null for no limit.</param>
    /// <param name="ThrottledShare">Share of its periods in which the group was held back, 0 to 1; null where it is not counted.</param>
    public sealed record Group(double? Processors, long? MemoryBytes, double? ThrottledShare);

    /// <summary>The control group of this process, as a container sees it: versions 2 and 1.</summary>
    /// <param name="root">Where control groups are mounted.</param>
    public static Group ReadGroup(string root = "/sys/fs/cgroup")
    {
        string[] quota = Words("cpu.max") is { Length: 2 } two ? two : [.. Words("cpu/cpu.cfs_quota_us"), .. Words("cpu/cpu.cfs_period_us")];
        double? processors = quota is [var spent, var period] && double.TryParse(spent, CultureInfo.InvariantCulture, out double time) && time > 0
            && double.TryParse(period, CultureInfo.InvariantCulture, out double of) && of > 0 ? time / of : null;
        string? memory = Words("memory.max").FirstOrDefault() ?? Words("memory/memory.limit_in_bytes").FirstOrDefault();

        // Version 1 writes a number near 2^63 for no limit.
        long? bytes = long.TryParse(memory, CultureInfo.InvariantCulture, out long limit) && limit < 1L << 60 ? limit : null;
        string[] statistics = Words("cpu.stat") is { Length: > 0 } newer ? newer : Words("cpu/cpu.stat");
        double? periods = Value("nr_periods");
        return new Group(processors, bytes, periods > 0 ? Value("nr_throttled") / periods : null);

        string[] Words(string file) => File.Exists(Path.Combine(root, file)) ? File.ReadAllText(Path.Combine(root, file)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : [];

        double? Value(string name) =>
            Array.IndexOf(statistics, name) is >= 0 and int at && at + 1 < statistics.Length && double.TryParse(statistics[at + 1], CultureInfo.InvariantCulture, out double value) ? value : null;
    }

    /// <summary>What the control group holds back.</summary>
    public static Finding Container(Group group)
    {
        string[] parts =
        [
            group.Processors is { } processors ? Text($"{processors:0.##} processors") : "no limit of processor time",
            group.MemoryBytes is { } bytes ? Text($"{bytes / GiB:0.0} GiB of memory") : "none of memory",
            .. group.ThrottledShare is { } share ? (string[])[Text($"held back in {100 * share:0.#} % of its periods")] : [],
        ];
        string text = string.Join(", ", parts);
        return group.Processors is { } whole && whole != Math.Floor(whole)
            ? new Finding("container", text, FindingKind.Note, "Batches run on every processor that the limit allows, and a part of one turns into waiting that no metric explains: give whole processors, limit = request.")
            : group.ThrottledShare > 0.01
            ? new Finding("container", text, FindingKind.Note, "The kernel stops the process for the rest of a period once its time is used up, which shows as slow answers: raise the limit, or give serve fewer --threads.")
            : new Finding("container", text);
    }

    /// <summary>How many files and connections the process may have open.</summary>
    /// <param name="most">The limit; null where there is none or it is not known.</param>
    public static Finding OpenFiles(long? most) => most is null or >= EnoughHandles
        ? new Finding("open files", most is { } enough ? Text($"{enough:N0} at most") : "no limit found")
        : new Finding("open files", Text($"{most:N0} at most"), FindingKind.Note, "Connections beyond that are refused: ulimit -n 20000 (or LimitNOFILE= of a systemd unit), or lower Endpoints:Connections:MaxConnections.");

    /// <summary>The process's own limit, which .NET raises to the most that it may; null where it is not known.</summary>
    public static long? MostOpenFiles()
    {
        const string Limits = "/proc/self/limits", Field = "Max open files";
        string? line = File.Exists(Limits) ? File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) : null;
        return long.TryParse(line?[Field.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture, out long most) ? most : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
