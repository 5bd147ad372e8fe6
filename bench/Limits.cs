using Endpoints.Compute;
using Endpoints.Compute.Measurement;
using Endpoints.Compute.Threads;

namespace Endpoints.Bench;

/// <summary>A team of threads with its limits, measured anew whenever asked: this moment's, not the machine's on a better day.</summary>
internal sealed class Limits : IDisposable
{
    private readonly Lazy<MemoryBandwidth> _bandwidth;

    public Limits(int threads)
    {
        Team = new ThreadTeam(threads);
        _bandwidth = new(() => new MemoryBandwidth(Team));
    }

    public ThreadTeam Team { get; }

    /// <summary>The team sizes worth comparing: one thread and all of them.</summary>
    public static int[] TeamSizes => [.. new[] { 1, Environment.ProcessorCount }.Distinct()];

    /// <summary>Float32 operations a second of the whole team; a multiply-add counts 2.</summary>
    public double Arithmetic() => Arithmetic(Precision.Float32);

    /// <summary>Operations a second of the whole team in a precision.</summary>
    public double Arithmetic(Precision precision) => 1e9 * ProcessorPeak.Measure(precision, Team, 1);

    /// <summary>Bytes a second of the whole team, reading.</summary>
    public double Read() => 1e9 * _bandwidth.Value.MeasureRead(1);

    /// <summary>Bytes a second of the whole team, reading and writing back.</summary>
    public double Update() => 1e9 * _bandwidth.Value.MeasureUpdate(1);

    /// <summary>Prints them, the best of many short runs, so that every later figure has something to stand beside.</summary>
    public static void Print(Report report)
    {
        report.Heading("The machine's limits");
        report.Columns("team", "float32 GFLOP/s", "bfloat16 GFLOP/s", "int8 Gop/s", "read GB/s", "update GB/s");
        foreach (int threads in TeamSizes)
        {
            using var limits = new Limits(threads);
            string[] peaks = [.. Enum.GetValues<Precision>().Select(precision => $"{Best(() => limits.Arithmetic(precision)) / 1e9:F0}")];
            report.Row([threads == 1 ? "1 thread" : $"{threads} threads", .. peaks, $"{Best(limits.Read) / 1e9:F1}", $"{Best(limits.Update) / 1e9:F1}"]);
        }

        report.End();
    }

    public void Dispose()
    {
        if (_bandwidth.IsValueCreated)
        {
            _bandwidth.Value.Dispose();
        }

        Team.Dispose();
    }

    private static double Best(Func<double> measure) => Enumerable.Range(0, 20).Max(_ => measure());
}
