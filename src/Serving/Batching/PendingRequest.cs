using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Access;
using Endpoints.Serving.Admission;

namespace Endpoints.Serving.Batching;

/// <summary>How a request that was queued came to its end.</summary>
internal enum Completion
{
    /// <summary>Every row has its logits.</summary>
    Computed,

    /// <summary>The client left.</summary>
    Cancelled,

    /// <summary>Its deadline passed, or could not be kept any more.</summary>
    TimedOut,

    /// <summary>The engine threw.</summary>
    Failed,

    /// <summary>The host stopped before a lane was free.</summary>
    Stopped,
}

/// <summary>
/// An admitted request, tokenized: its rows on their way in and its logits on their way out. The batcher takes its rows in order, perhaps into
/// several batches; the lane that finishes the last one completes it, unless it was abandoned before.
/// </summary>
internal sealed class PendingRequest(Encoding[] rows, int labelCount, long enqueuedAt, Priority priority = Priority.Normal, long deadline = long.MaxValue)
{
    // Continuations run on the pool: a lane never serialises answers.
    private readonly TaskCompletionSource<Completion> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _nextRow;
    private int _unfinished = rows.Length;
    private long _startedAt;
    private long _finishedAt;

    public int RowCount => rows.Length;

    /// <summary>The endpoint that it counts at.</summary>
    public required RowOwner Owner { get; init; }

    /// <summary>An entry for each row where a cascade answers: true for rows that its large network answered. Whole once <see cref="Ended"/> gives <see cref="Completion.Computed"/>.</summary>
    public bool[] Escalated { get; init; } = [];

    /// <summary>Whose key its compute is charged to; null for nobody's.</summary>
    public KeyAccount? Payer { get; init; }

    /// <summary>Rows × labels; whole once <see cref="Ended"/> gives <see cref="Completion.Computed"/>.</summary>
    public float[] Logits { get; } = new float[rows.Length * labelCount];

    public Task<Completion> Ended => _completion.Task;

    public long EnqueuedAt => enqueuedAt;

    public Priority Priority => priority;

    /// <summary>Timestamp by which it must be answered; the largest one where it need not.</summary>
    public long Deadline => deadline;

    /// <summary>Timestamp at which a lane took the first row.</summary>
    public long StartedAt => _startedAt;

    /// <summary>Timestamp at which the last row was computed.</summary>
    public long FinishedAt => Volatile.Read(ref _finishedAt);

    /// <summary>What the <see cref="WaitingLine"/> sorts by.</summary>
    public long Turn { get; set; }

    /// <summary>The one ahead in the <see cref="WaitingLine"/>.</summary>
    public PendingRequest? Previous { get; set; }

    /// <summary>The one behind in the <see cref="WaitingLine"/>.</summary>
    public PendingRequest? Next { get; set; }

    /// <summary>Batches that later requests went into ahead of this one's next row, because that did not fit.</summary>
    public int TimesPassed { get; set; }

    public ReadOnlySpan<float> LogitsOf(int row) => Logits.AsSpan(row * labelCount, labelCount);

    /// <summary>True where a cascade's large network answered a row.</summary>
    public bool IsEscalated(int row) => row < Escalated.Length && Escalated[row];

    public Encoding RowAt(int row) => rows[row];

    /// <summary>Work of the next row to take.</summary>
    public Work NextWork => Work.OfRow(rows[_nextRow].Ids.Length);

    /// <summary>Work of all rows.</summary>
    public Work TotalWork()
    {
        var work = default(Work);
        foreach (Encoding row in rows)
        {
            work += Work.OfRow(row.Ids.Length);
        }

        return work;
    }

    /// <summary>Moves rows into a batch while they fit. Only under the batcher's lock.</summary>
    /// <returns>True when no row is left to take.</returns>
    public bool TakeRows(Batch batch, in BatchLimits limits)
    {
        while (_nextRow < rows.Length && batch.TryAdd(this, _nextRow, rows[_nextRow], limits))
        {
            if (_nextRow++ == 0)
            {
                _startedAt = limits.Now;
            }
        }

        return _nextRow == rows.Length;
    }

    /// <summary>Gives up the rows that no lane has taken. Only under the batcher's lock.</summary>
    public Work DropRows()
    {
        var dropped = default(Work);
        for (; _nextRow < rows.Length; _nextRow++)
        {
            dropped += NextWork;
        }

        return dropped;
    }

    /// <summary>Stores the logits of one row; the last one completes the request.</summary>
    public void FinishRow(int row, ReadOnlySpan<float> logits, long now, bool isEscalated)
    {
        if (isEscalated)
        {
            Escalated[row] = true;
        }

        logits.CopyTo(Logits.AsSpan(row * labelCount, labelCount));
        if (Interlocked.Decrement(ref _unfinished) == 0)
        {
            Volatile.Write(ref _finishedAt, now);
            _completion.TrySetResult(Completion.Computed);
        }
    }

    /// <summary>Ends the request without a result; the first end counts.</summary>
    public bool TryEnd(Completion completion) => _completion.TrySetResult(completion);
}
