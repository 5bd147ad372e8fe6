using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Results;

/// <summary>Where answered requests spent their time, as the server's header <c>Server-Timing</c> says; in ms.</summary>
/// <param name="Queue">Waiting in the server.</param>
/// <param name="Compute">Being computed.</param>
/// <param name="Network">Outside the server: network, kernels, and the tester itself.</param>
public sealed record ServerSplit(OutcomeFigure Queue, OutcomeFigure Compute, OutcomeFigure Network)
{
    /// <summary>The split; null when the server sent no such header.</summary>
    internal static ServerSplit? From(Recorder counts) => counts.Queue.Count == 0
        ? null
        : new ServerSplit(OutcomeFigure.From(counts.Queue), OutcomeFigure.From(counts.Compute), OutcomeFigure.From(counts.Network));
}
