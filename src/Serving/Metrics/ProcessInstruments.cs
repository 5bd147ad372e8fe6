using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Endpoints.Serving.Metrics;

/// <summary>What the process uses, under the names that Prometheus dashboards expect.</summary>
internal static class ProcessInstruments
{
    public static void AddTo(Meter meter)
    {
        using var process = Process.GetCurrentProcess();
        double started = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1e3;

        meter.CreateObservableCounter("process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "User and system CPU time spent.");
        meter.CreateObservableGauge("process.resident_memory", () => Environment.WorkingSet, "By", "Resident memory size.");
        meter.CreateObservableGauge("process.start_time", () => started, "s", "Start time of the process since unix epoch.");
        meter.CreateObservableCounter("dotnet.gc.collections", CollectionsByGeneration, null, "Garbage collections by generation.");
        meter.CreateObservableCounter("dotnet.gc.pause", () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time that garbage collection paused the process.");
        meter.CreateObservableGauge("dotnet.gc.heap", () => GC.GetTotalMemory(forceFullCollection: false), "By", "Bytes on the managed heap.");
        meter.CreateObservableCounter("dotnet.allocated", () => GC.GetTotalAllocatedBytes(), "By", "Bytes allocated on the managed heap.");
        meter.CreateObservableGauge("dotnet.threadpool.threads", () => ThreadPool.ThreadCount, "{thread}", "Threads of the thread pool.");
        meter.CreateObservableGauge("dotnet.threadpool.queue_length", () => ThreadPool.PendingWorkItemCount, "{item}", "Work that waits for the thread pool.");
    }

    private static IEnumerable<Measurement<long>> CollectionsByGeneration()
    {
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            yield return new(GC.CollectionCount(generation), new KeyValuePair<string, object?>("generation", generation));
        }
    }
}
