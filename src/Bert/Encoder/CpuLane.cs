using Endpoints.Compute.Threads;

namespace Endpoints.Bert.Encoder;

/// <summary>A team of threads with the memory of one batch: what runs one batch at a time, of any classifier.</summary>
internal sealed class CpuLane(int threads, string name, Seating seating) : IDisposable
{
    public ThreadTeam Team { get; } = new(threads, name, seating);

    public Workspace Workspace { get; } = new(threads);

    public BatchInputs Inputs { get; } = new();

    public void Dispose()
    {
        Team.Dispose();
        Workspace.Dispose();
        Inputs.Dispose();
    }
}
