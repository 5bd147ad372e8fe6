using Endpoints.Serving.Admission;

namespace Endpoints.Serving.Batching;

/// <summary>The rows of a batch that are one endpoint's. Reused from batch to batch.</summary>
internal sealed class BatchPart
{
    private readonly Work[] _byPriority = new Work[Enum.GetValues<Priority>().Length];

    public RowOwner? Owner { get; private set; }

    /// <summary>Its work of each priority.</summary>
    public ReadOnlySpan<Work> ByPriority => _byPriority;

    public int Rows { get; private set; }

    /// <summary>Rows that count as computing.</summary>
    public int Inside { get; private set; }

    /// <summary>Tokens of its rows.</summary>
    public int RealTokens { get; private set; }

    /// <summary>Tokens that the engine is given for them, which padding would add to.</summary>
    public int Tokens { get; private set; }

    public void Begin(RowOwner owner)
    {
        Owner = owner;
        Array.Clear(_byPriority);
        (Rows, Inside, RealTokens, Tokens) = (0, 0, 0, 0);
    }

    public void Add(Work work, Priority priority, int tokens)
    {
        _byPriority[(int)priority] += work;
        Rows++;
        Inside++;
        RealTokens += (int)work.Tokens;
        Tokens += tokens;
    }

    /// <summary>Rows have been computed.</summary>
    public void Leave(int rows)
    {
        Owner!.Load.Finish(rows);
        Inside -= rows;
    }

    public void End() => Owner = null;
}
