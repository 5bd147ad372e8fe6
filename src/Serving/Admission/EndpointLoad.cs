namespace Endpoints.Serving.Admission;

/// <summary>What is inside an endpoint right now. Request threads add, lanes and cancellations take away.</summary>
internal sealed class EndpointLoad
{
    private int _rows;
    private int _queuedRows;
    private int _inFlightRows;
    private long _queuedTokens;

    /// <summary>Rows admitted and not yet answered or abandoned.</summary>
    public int Rows => Volatile.Read(ref _rows);

    /// <summary>Rows that wait for a lane.</summary>
    public int QueuedRows => Volatile.Read(ref _queuedRows);

    /// <summary>Rows that a lane computes.</summary>
    public int InFlightRows => Volatile.Read(ref _inFlightRows);

    /// <summary>Tokens of admitted rows that no lane has taken; an estimate for rows that are being tokenized.</summary>
    public long QueuedTokens => Volatile.Read(ref _queuedTokens);

    /// <summary>Admits rows, all or none.</summary>
    public bool TryAdmit(int rows, long tokens, int maxRows)
    {
        if (Interlocked.Add(ref _rows, rows) > maxRows)
        {
            Interlocked.Add(ref _rows, -rows);
            return false;
        }

        Interlocked.Add(ref _queuedTokens, tokens);
        return true;
    }

    /// <summary>Undoes <see cref="TryAdmit"/> for rows that never reached the queue.</summary>
    public void Withdraw(int rows, long tokens)
    {
        Interlocked.Add(ref _queuedTokens, -tokens);
        Interlocked.Add(ref _rows, -rows);
    }

    /// <summary>Rows enter the queue, and their tokens are now known.</summary>
    public void Enqueue(int rows, long tokens, long estimatedTokens)
    {
        Interlocked.Add(ref _queuedTokens, tokens - estimatedTokens);
        Interlocked.Add(ref _queuedRows, rows);
    }

    /// <summary>Queued rows leave without being computed.</summary>
    public void Abandon(int rows, long tokens)
    {
        Interlocked.Add(ref _queuedRows, -rows);
        Withdraw(rows, tokens);
    }

    /// <summary>A lane takes rows from the queue.</summary>
    public void Start(int rows, long tokens)
    {
        Interlocked.Add(ref _queuedRows, -rows);
        Interlocked.Add(ref _inFlightRows, rows);
        Interlocked.Add(ref _queuedTokens, -tokens);
    }

    /// <summary>A lane has computed rows.</summary>
    public void Finish(int rows)
    {
        Interlocked.Add(ref _inFlightRows, -rows);
        Interlocked.Add(ref _rows, -rows);
    }
}
