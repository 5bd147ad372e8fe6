using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Access;

namespace Endpoints.Serving.Batching;

/// <summary>How a request that was queued came to its end.</summary>
internal enum Completion
{
    /// <summary>Every row has its logits.</summary>
    Computed,

    /// <summary>The client left.</summary>
    Cancelled,

    /// <summary>The endpoint's request timeout passed.</summary>
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
internal sealed class PendingRequest(Encoding[] rows, int labelCount, long enqueuedAt)
{
    // Continuations run on the pool: a lane never serialises answers.
    private readonly TaskCompletionSource<Completion> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _nextRow;
    private int _unfinished = rows.Length;
    private long _startedAt;
    private long _finishedAt;

    public int RowCount => rows.Length;

    /// <summary>Whose key its compute is charged to; null for nobody's.</summary>
    public KeyAccount? Payer { get; init; }

    /// <summary>Rows × labels; whole once <see cref="Ended"/> gives <see cref="Completion.Computed"/>.</summary>
    public float[] Logits { get; } = new float[rows.Length * labelCount];

    public Task<Completion> Ended => _completion.Task;

    public long EnqueuedAt => enqueuedAt;

    /// <summary>Timestamp at which a lane took the first row.</summary>
    public long StartedAt => _startedAt;

    /// <summary>Timestamp at which the last row was computed.</summary>
    public long FinishedAt => Volatile.Read(ref _finishedAt);

    public ReadOnlySpan<float> LogitsOf(int row) => Logits.AsSpan(row * labelCount, labelCount);

    public Encoding RowAt(int row) => rows[row];

    /// <summary>Moves rows into a batch while they fit. Only under the batcher's lock.</summary>
    /// <returns>True when no row is left to take.</returns>
    public bool TakeRows(Batch batch, int maxTokens, int maxRows, long now)
    {
        while (_nextRow < rows.Length && batch.TryAdd(this, _nextRow, rows[_nextRow], maxTokens, maxRows))
        {
            if (_nextRow++ == 0)
            {
                _startedAt = now;
            }
        }

        return _nextRow == rows.Length;
    }

    /// <summary>Gives up the rows that no lane has taken. Only under the batcher's lock.</summary>
    /// <returns>Number of rows and tokens given up.</returns>
    public (int Rows, long Tokens) DropRows()
    {
        (int count, long tokens) = (rows.Length - _nextRow, 0);
        for (; _nextRow < rows.Length; _nextRow++)
        {
            tokens += rows[_nextRow].Ids.Length;
        }

        return (count, tokens);
    }

    /// <summary>True when it ended before it was computed, so that its rows need no lane.</summary>
    public bool IsAbandoned => _completion.Task.IsCompleted;

    /// <summary>Stores the logits of one row; the last one completes the request.</summary>
    public void FinishRow(int row, ReadOnlySpan<float> logits, long now)
    {
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
