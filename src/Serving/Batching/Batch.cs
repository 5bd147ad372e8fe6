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
    private readonly List<BatchPart> _parts = [];
    private float[] _logits = [];
    private long _deadline = long.MaxValue;
    private int _partCount;
    private bool _isEscalated;

    public TokenBatch Tokens { get; } = new();

    public Work Work { get; private set; }

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

        int before = Tokens.TokenCount;
        Tokens.Add(encoding);
        _open.Add(Count);
        _rows.Add((request, row));
        PartOf(request.Owner).Add(added, request.Priority, Tokens.TokenCount - before);
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

        // Room is made before answers go out, so that a client's next request finds it.
        foreach (int i in _open)
        {
            PartOf(_rows[i].Request.Owner).Leave(1);
        }

        Finish(logits, labelCount, now);
        foreach (int i in unsure)
        {
            _rows[i].Request.Owner.Metrics.CountEscalated(1);
        }

        _open.Clear();
        _open.AddRange(unsure);
        _isEscalated = true;
    }

    /// <summary>A lane has taken the rows: none of them waits any more.</summary>
    public void EnterLoad()
    {
        for (int i = 0; i < _partCount; i++)
        {
            _parts[i].Owner!.Load.Start(_parts[i].ByPriority);
        }
    }

    /// <summary>The lane has computed the rows that have no answer yet.</summary>
    public void LeaveLoad()
    {
        for (int i = 0; i < _partCount; i++)
        {
            _parts[i].Leave(_parts[i].Inside);
        }
    }

    /// <summary>Has each endpoint record its own rows, their tokens, and their share of the time by tokens.</summary>
    public void Record(TimeSpan elapsed)
    {
        for (int i = 0; i < _partCount; i++)
        {
            BatchPart part = _parts[i];
            part.Owner!.Metrics.CountTokens(part.RealTokens, part.Tokens);
            part.Owner.Metrics.RecordBatch(part.Rows, part.Tokens, elapsed * ((double)part.Tokens / Tokens.TokenCount));
        }
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
        for (int i = 0; i < _partCount; i++)
        {
            _parts[i].End();
        }

        _partCount = 0;
        _open.Clear();
        _isEscalated = false;
        (Work, _deadline) = (default, long.MaxValue);
    }

    // There are as many parts as endpoints share the queue: mostly one.
    private BatchPart PartOf(RowOwner owner)
    {
        for (int i = 0; i < _partCount; i++)
        {
            if (_parts[i].Owner == owner)
            {
                return _parts[i];
            }
        }

        if (_partCount == _parts.Count)
        {
            _parts.Add(new BatchPart());
        }

        BatchPart part = _parts[_partCount++];
        part.Begin(owner);
        return part;
    }

    private int LengthOf(int index) => Tokens.Offsets[index + 1] - Tokens.Offsets[index];
}
