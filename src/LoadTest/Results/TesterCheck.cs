using System.Globalization;
using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>Was it the tester that was too slow, and not the server? Then the figures are those of the tester and worth nothing.</summary>
internal static class TesterCheck
{
    /// <summary>The 99th percentile of lateness from which sends are no longer when they were planned, in ms.</summary>
    public const double MaxLagMs = 5;

    /// <summary>Share of its cores from which on a process is taken to lack processor time.</summary>
    public const double MaxCpuShare = 0.9;

    /// <summary>Share of planned requests that may not have been sent.</summary>
    public const double MaxUnsentShare = 0.01;

    /// <summary>Why the figures do not hold; null when they do.</summary>
    public static string? Problem(Recorder measured, double cpuShare, bool complete, LoadTestOptions options)
    {
        if (measured.Lag.Count > 0 && measured.Lag.Percentile(0.99) / 1000.0 is > MaxLagMs and var lag)
        {
            return Text($"the tester sent late: 1 % of its requests by more than {lag:0.#} ms (limit {MaxLagMs} ms); give it a machine of its own or less to do");
        }

        if (!options.SharesProcess && cpuShare > MaxCpuShare)
        {
            return Text($"the tester used {100 * cpuShare:0} % of its {Environment.ProcessorCount} cores (limit {100 * MaxCpuShare:0} %); give it a machine of its own or spread it over several");
        }

        // Of an interrupted stage, requests are missing whose answers were not waited for.
        long unsent = complete ? measured.Planned - measured.Requests : 0;
        return unsent > 0 && unsent > MaxUnsentShare * measured.Planned
            ? Text($"{unsent} of {measured.Planned} planned requests were not sent, for all {options.MaxConnections} connections were busy; allow more connections or ask for a lower rate")
            : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
