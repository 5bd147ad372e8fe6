namespace Endpoints.Bench.Serving;

/// <summary>Measures on a real server, in a process of its own and in real time, what docs/serving.md promises.</summary>
internal static class ServingBenchmark
{
    private static readonly Dictionary<string, Func<Site, Task<Finding[]>>> Measurements = new()
    {
        ["start"] = StartTime.RunAsync,
        ["idle"] = IdleTax.RunAsync,
        ["deadlines"] = Deadlines.RunAsync,
        ["overload"] = Overload.RunAsync,
        ["retries"] = Retries.RunAsync,
        ["isolation"] = Isolation.RunAsync,
        ["health"] = HealthProbes.RunAsync,
        ["swaps"] = Memory.SwapsAsync,
        ["footprint"] = Memory.FootprintAsync,
    };

    public static string Usage => $"serving [--server FILE] [--output FILE] [MEASUREMENT ...], of {string.Join(", ", Measurements.Keys)} (all where none is named)";

    /// <summary>Runs it.</summary>
    /// <returns>Null when the arguments are wrong, else whether everything that was measured holds.</returns>
    public static bool? TryRun(string[] arguments)
    {
        string? program = null, output = null;
        var chosen = new List<string>();
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--server" when i + 1 < arguments.Length && File.Exists(arguments[i + 1]):
                    program = arguments[++i];
                    break;
                case "--output" when i + 1 < arguments.Length:
                    output = arguments[++i];
                    break;
                case var name when Measurements.ContainsKey(name):
                    chosen.Add(name);
                    break;
                default:
                    return null;
            }
        }

        return RunAsync(program, output, chosen.Count > 0 ? chosen : [.. Measurements.Keys]).GetAwaiter().GetResult();
    }

    private static async Task<bool> RunAsync(string? program, string? output, List<string> chosen)
    {
        using var site = new Site(program);
        var report = new Report();
        report.Note($"{Machine.Describe(TimeProvider.System)} Server: {site.Program}, one compute thread; clients share the machine.");
        report.Columns("criterion", "wanted", "measured", "");
        bool all = true;
        foreach (string name in chosen)
        {
            foreach (Finding finding in await Measurements[name](site))
            {
                report.Row(finding.Criterion, finding.Wanted, finding.Measured, finding.Holds ? "holds" : "DOES NOT HOLD");
                all &= finding.Holds;
            }
        }

        report.End();
        if (output is not null)
        {
            await File.WriteAllTextAsync(output, $"# What the server promises, measured\n\n{report.Markdown}");
        }

        return all;
    }
}
