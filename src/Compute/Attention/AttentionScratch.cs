namespace Endpoints.Compute.Attention;

/// <summary>Working memory of attention kernels, a part for each thread of a team.</summary>
public sealed unsafe class AttentionScratch : IDisposable
{
    /// <summary>Query rows handled at a time in the forward: their scores stay in the second-level cache.</summary>
    internal const int QueryBlock = 48;

    private readonly FloatBuffer _buffer;
    private readonly nint _perWorker;

    /// <summary>Memory for sequences of up to <paramref name="maxLength"/> tokens.</summary>
    /// <param name="workers">Threads in the team.</param>
    /// <param name="maxLength">Longest sequence.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="backward">Also room for the backward, which needs whole score matrices.</param>
    public AttentionScratch(int workers, int maxLength, int headSize, bool backward = false)
    {
        MaxLength = maxLength;
        HeadSize = headSize;
        int padded = (maxLength + 31) / 32 * 32;
        PanelFloats = (nint)padded * Math.Max(headSize, 1);
        ScoreFloats = (nint)padded * (backward ? padded : QueryBlock);
        _perWorker = PanelFloats + (ScoreFloats * (backward ? 2 : 1));
        _buffer = new FloatBuffer((long)_perWorker * workers);
    }

    /// <summary>Longest sequence that fits.</summary>
    public int MaxLength { get; }

    /// <summary>Width of a head.</summary>
    public int HeadSize { get; }

    internal nint PanelFloats { get; }

    internal nint ScoreFloats { get; }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    internal float* Panels(int worker) => _buffer.Pointer + (worker * _perWorker);

    internal float* Scores(int worker) => Panels(worker) + PanelFloats;

    internal float* MoreScores(int worker) => Scores(worker) + ScoreFloats;
}
