using System.Collections.Concurrent;
using Endpoints.Hub.Transfer;

namespace Endpoints.Hub.Tests.Support;

/// <summary>Remembers what a download said.</summary>
internal sealed class Notes : ITransferProgress
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<(string Name, long Done, long? Total)> Reports { get; } = [];

    public ConcurrentQueue<string> Lines { get; } = [];

    /// <summary>Ends with the first note.</summary>
    public Task First => _first.Task;

    /// <summary>Called with each report's bytes.</summary>
    public Action<long> OnReport { get; set; } = _ => { };

    public void Report(string name, long done, long? total)
    {
        Reports.Enqueue((name, done, total));
        OnReport(done);
    }

    public void Note(string text)
    {
        Lines.Enqueue(text);
        _first.TrySetResult();
    }
}
