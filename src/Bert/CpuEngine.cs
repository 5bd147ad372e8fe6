using Endpoints.Bert.Checkpoints;
using Endpoints.Bert.Encoder;
using Endpoints.Compute;
using Endpoints.Compute.Simd;
using Endpoints.Compute.Threads;

namespace Endpoints.Bert;

/// <summary>Runs sub-networks on the processor: lanes of threads, each running one ragged batch at a time.</summary>
public sealed class CpuEngine : IEngine
{
    private readonly CpuLane[] _lanes;
    private readonly int _threads;

    /// <summary>Starts the lanes' threads.</summary>
    /// <param name="lanes">Batches that can run at once. Default 1.</param>
    /// <param name="threadsPerLane">Threads that share one batch; 0 (default) divides the processors among the lanes.</param>
    /// <param name="pinThreads">
    /// Gives each thread a processor of its own where the lanes together take most of them (default; see <see cref="Seating"/>); false, or
    /// <c>ENDPOINTS_PIN=0</c>, leaves them to the scheduler.
    /// </param>
    public CpuEngine(int lanes = 1, int threadsPerLane = 0, bool pinThreads = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threadsPerLane);
        _threads = threadsPerLane > 0 ? threadsPerLane : Math.Max(1, Environment.ProcessorCount / lanes);
        IReadOnlyList<Seating> seating = Seating.Plan(lanes, _threads);
        _lanes = [.. Enumerable.Range(0, lanes).Select(lane => new CpuLane(_threads, $"lane{lane}", pinThreads ? seating[lane] : Seating.Free))];
    }

    /// <inheritdoc/>
    public string Description => $"cpu {SimdSelection.Path}, {Count(_lanes.Length, "lane")} of {Count(_threads, "thread")}{(_lanes[0].Team.IsPinned ? ", pinned" : "")}";

    /// <inheritdoc/>
    public int LaneCount => _lanes.Length;

    /// <inheritdoc/>
    public ISuperNetwork Load(Checkpoint checkpoint, Precision precision = Precision.Float32) =>
        new CpuSuperNetwork(checkpoint.Parameters, () => checkpoint.Parameters, precision, _lanes);

    /// <summary>Packs weights that are in memory already, as the search does after fine-tuning.</summary>
    public ISuperNetwork Load(BertParameters parameters, Precision precision = Precision.Float32) =>
        new CpuSuperNetwork(parameters, () => parameters, precision, _lanes);

    /// <summary>Ends the threads. No classifier may be running.</summary>
    public void Dispose()
    {
        foreach (CpuLane lane in _lanes)
        {
            lane.Dispose();
        }
    }

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
