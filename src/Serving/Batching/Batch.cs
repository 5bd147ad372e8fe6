using Endpoints.Bert;
using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Admission;

namespace Endpoints.Serving.Batching;

/// <summary>The rows that a lane computes at once, and whose they are. Each lane reuses one, so a warm lane allocates nothing.</summary>
internal sealed class Batch
{
    private readonly List<(PendingRequest Request, int Row)> _rows = [];

    /// <summary>Indices of those that have no answer yet.</summary>
    private readonly List<int> _open = [];
    private readonly Work[] _byPriority = new Work[Enum.GetValues<Priority>().Length];
    private float[] _logits = [];
    private long _deadline = long.MaxValue;
    private bool _isEscalated;

    public TokenBatch Tokens { get; } = new();

    public Work Work { get; private set; }

    /// <summary>The part of <see cref="Work"/> that is of each priority.</summary>
    public ReadOnlySpan<Work> WorkByPriority => _byPriority;

    public int Count => _rows.Count;

    /// <summary>Rows that have no answer yet.</summary>
    public int Open => _open.Count;

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
        _open.Add(Count);
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

    /// <summary>Hands each row that has no answer yet its logits.</summary>
    public void Finish(ReadOnlySpan<float> logits, int labelCount, long now)
    {
        foreach (int i in _open)
        {
            (PendingRequest request, int row) = _rows[i];
            request.FinishRow(row, logits.Slice(i * labelCount, labelCount), now, _isEscalated);
        }
    }

    /// <summary>Hands every row its logits but those, ascending, that are left to a cascade's large network.</summary>
    public void Escalate(ReadOnlySpan<int> unsure, ReadOnlySpan<float> logits, int labelCount, long now)
    {
        _open.Clear();
        int next = 0;
        for (int i = 0; i < _rows.Count; i++)
        {
            if (next < unsure.Length && unsure[next] == i)
            {
                next++;
            }
            else
            {
                _open.Add(i);
            }
        }

        Finish(logits, labelCount, now);
        _open.Clear();
        _open.AddRange(unsure);
        _isEscalated = true;
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

    /// <summary>Charges the keys of the rows that have no answer yet, each its share by tokens of a time that went into these rows.</summary>
    public void Charge(TimeSpan elapsed)
    {
        double tokens = 0;
        foreach (int i in _open)
        {
            tokens += LengthOf(i);
        }

        foreach (int i in _open)
        {
            _rows[i].Request.Payer?.Charge(elapsed * (LengthOf(i) / tokens));
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
        _open.Clear();
        _isEscalated = false;
        Array.Clear(_byPriority);
        (Work, _deadline) = (default, long.MaxValue);
    }

    private int LengthOf(int index) => Tokens.Offsets[index + 1] - Tokens.Offsets[index];
}
