using Endpoints.Bert;
using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Admission;

namespace Endpoints.Serving.Batching;

/// <summary>The rows that a lane computes at once, and whose they are. Each lane reuses one, so a warm lane allocates nothing.</summary>
internal sealed class Batch
{
    private readonly List<(PendingRequest Request, int Row)> _rows = [];
    private readonly Work[] _byPriority = new Work[Enum.GetValues<Priority>().Length];
    private float[] _logits = [];
    private long _deadline = long.MaxValue;

    public TokenBatch Tokens { get; } = new();

    public Work Work { get; private set; }

    /// <summary>The part of <see cref="Work"/> that is of each priority.</summary>
    public ReadOnlySpan<Work> WorkByPriority => _byPriority;

    public int Count => _rows.Count;

    /// <summary>
    /// Adds a row unless the batch would exceed a limit, or take longer than a request in it has time for. The first row always fits: lengths are
    /// bounded by the token limit at the door.
    /// </summary>
    public bool TryAdd(PendingRequest request, int row, Encoding encoding, in BatchLimits limits)
    {
        var added = Work.OfRow(encoding.Ids.Length);
        Work work = Work + added;
        long deadline = Math.Min(_deadline, request.Deadline);
        if (Count > 0 && (!limits.Allow(work) || !limits.IsDoneBy(deadline, work)))
        {
            return false;
        }

        Tokens.Add(encoding);
        _rows.Add((request, row));
        _byPriority[(int)request.Priority] += added;
        (Work, _deadline) = (work, deadline);
        return true;
    }

    /// <summary>Room for the logits of every row.</summary>
    public Span<float> Logits(int labelCount)
    {
        int length = Tokens.Count * labelCount;
        if (_logits.Length < length)
        {
            _logits = new float[Math.Max(length, 2 * _logits.Length)];
        }

        return _logits.AsSpan(0, length);
    }

    /// <summary>Hands each row its logits.</summary>
    public void Finish(ReadOnlySpan<float> logits, int labelCount, long now)
    {
        for (int i = 0; i < _rows.Count; i++)
        {
            (PendingRequest request, int row) = _rows[i];
            request.FinishRow(row, logits.Slice(i * labelCount, labelCount), now);
        }
    }

    /// <summary>Tokens of the rows, without any that the batch may have added.</summary>
    public int RealTokens()
    {
        int tokens = 0;
        foreach ((PendingRequest request, int row) in _rows)
        {
            tokens += request.RowAt(row).Ids.Length;
        }

        return tokens;
    }

    /// <summary>Charges each row's key its share, by tokens, of the time that the batch took.</summary>
    public void Charge(TimeSpan elapsed)
    {
        foreach ((PendingRequest request, int row) in _rows)
        {
            request.Payer?.Charge(elapsed * ((double)request.RowAt(row).Ids.Length / Tokens.TokenCount));
        }
    }

    /// <summary>Ends every request that has a row here; what it still has in the queue goes too.</summary>
    public void Fail(Batcher batcher)
    {
        foreach ((PendingRequest request, _) in _rows)
        {
            batcher.Abandon(request, Completion.Failed);
        }
    }

    public void Clear()
    {
        Tokens.Clear();
        _rows.Clear();
        Array.Clear(_byPriority);
        (Work, _deadline) = (default, long.MaxValue);
    }
}
