namespace Endpoints.Serving.Agreement;

/// <summary>Sampled rows that wait until nothing else does. The oldest makes room for a new one when it is full.</summary>
internal sealed class AgreementBacklog(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<SampledRow> _rows = new(capacity);
    private int _count;

    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Adds a row.</summary>
    /// <returns>The one that it took the place of; null for none.</returns>
    public SampledRow? Add(SampledRow row)
    {
        lock (_lock)
        {
            SampledRow? dropped = _rows.Count == capacity ? _rows.Dequeue() : null;
            _rows.Enqueue(row);
            Volatile.Write(ref _count, _rows.Count);
            return dropped;
        }
    }

    /// <summary>Takes the oldest row; null when there is none.</summary>
    public SampledRow? Take()
    {
        lock (_lock)
        {
            _rows.TryDequeue(out SampledRow? row);
            Volatile.Write(ref _count, _rows.Count);
            return row;
        }
    }
}
