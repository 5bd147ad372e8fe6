using Endpoints.Serving.Batching;

namespace Endpoints.Serving.Admission;

/// <summary>What is inside an endpoint right now, or inside a queue that several use. Request threads add, lanes and cancellations take away.</summary>
/// <param name="queue">Of an endpoint: what is inside its queue, which counts all the same.</param>
internal sealed class EndpointLoad(EndpointLoad? queue = null)
{
    private readonly Lock _lock = new();
    private readonly Work[] _waiting = new Work[Enum.GetValues<Priority>().Length];
    private int _rows;
    private int _queuedRows;
    private int _inFlightRows;

    /// <summary>Rows admitted and not yet answered or abandoned.</summary>
    public int Rows => Volatile.Read(ref _rows);

    /// <summary>Rows that wait for a lane.</summary>
    public int QueuedRows => Volatile.Read(ref _queuedRows);

    /// <summary>Rows that a lane computes.</summary>
    public int InFlightRows => Volatile.Read(ref _inFlightRows);

    /// <summary>Work of admitted rows that no lane has taken and that are served before a new request of a priority; an estimate for rows that are being tokenized.</summary>
    public Work Waiting(Priority priority = Priority.Low)
    {
        lock (_lock)
        {
            var work = default(Work);
            for (int i = 0; i <= (int)priority; i++)
            {
                work += _waiting[i];
            }

            return work;
        }
    }

    /// <summary>Admits rows, all or none.</summary>
    public bool TryAdmit(Work estimated, Priority priority, int maxRows)
    {
        lock (_lock)
        {
            if (_rows + estimated.Rows > maxRows)
            {
                return false;
            }

            _rows += (int)estimated.Rows;
            _waiting[(int)priority] += estimated;
        }

        queue?.TryAdmit(estimated, priority, int.MaxValue);
        return true;
    }

    /// <summary>Undoes <see cref="TryAdmit"/> for rows that never reached the queue.</summary>
    public void Withdraw(Work estimated, Priority priority)
    {
        lock (_lock)
        {
            _rows -= (int)estimated.Rows;
            _waiting[(int)priority] -= estimated;
        }

        queue?.Withdraw(estimated, priority);
    }

    /// <summary>Rows enter the queue, and their work is now known.</summary>
    public void Enqueue(Work work, Work estimated, Priority priority)
    {
        lock (_lock)
        {
            _queuedRows += (int)work.Rows;
            _waiting[(int)priority] += work - estimated;
        }

        queue?.Enqueue(work, estimated, priority);
    }

    /// <summary>Queued rows leave without being computed.</summary>
    public void Abandon(Work work, Priority priority)
    {
        lock (_lock)
        {
            _queuedRows -= (int)work.Rows;
            _rows -= (int)work.Rows;
            _waiting[(int)priority] -= work;
        }

        queue?.Abandon(work, priority);
    }

    /// <summary>A lane takes rows from the queue.</summary>
    public void Start(ReadOnlySpan<Work> byPriority)
    {
        lock (_lock)
        {
            for (int i = 0; i < byPriority.Length; i++)
            {
                int rows = (int)byPriority[i].Rows;
                _waiting[i] -= byPriority[i];
                _queuedRows -= rows;
                _inFlightRows += rows;
            }
        }

        queue?.Start(byPriority);
    }

    /// <summary>A lane has computed rows.</summary>
    public void Finish(int rows)
    {
        lock (_lock)
        {
            _inFlightRows -= rows;
            _rows -= rows;
        }

        queue?.Finish(rows);
    }
}
