using Endpoints.Compute.Gemm;

namespace Endpoints.Compute.Attention;

/// <summary>Working memory of attention kernels, a part for each thread of a team.</summary>
public sealed unsafe class AttentionScratch : IDisposable
{
    /// <summary>Query rows handled at a time in the forward: their scores stay in the second-level cache.</summary>
    internal const int QueryBlock = 48;

    private const int Padding = PackedMatrix.PanelWidth;

    private readonly FloatBuffer _buffer;
    private readonly nint _perWorker;
    private readonly nint _keyFloats;
    private readonly nint _valueFloats;
    private readonly nint _scoreFloats;
    private readonly nint _moreScoreFloats;

    /// <summary>Memory for sequences of up to <paramref name="maxLength"/> tokens.</summary>
    /// <param name="workers">Threads in the team.</param>
    /// <param name="maxLength">Longest sequence.</param>
    /// <param name="headSize">Width of a head.</param>
    /// <param name="backward">Also room for the backward, which needs whole score matrices.</param>
    public AttentionScratch(int workers, int maxLength, int headSize, bool backward = false)
    {
        MaxLength = maxLength;
        HeadSize = headSize;
        int length = Padded(maxLength);
        _keyFloats = (nint)length * Math.Max(headSize, 1);
        _valueFloats = (nint)length * Padded(headSize);
        _scoreFloats = (nint)length * (backward ? length : QueryBlock);
        _moreScoreFloats = backward ? _scoreFloats : _scoreFloats / 2;
        _perWorker = _keyFloats + _valueFloats + _scoreFloats + _moreScoreFloats + QueryBlock;
        _buffer = new FloatBuffer((long)_perWorker * workers);
    }

    /// <summary>Longest sequence that fits.</summary>
    public int MaxLength { get; }

    /// <summary>Width of a head.</summary>
    public int HeadSize { get; }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    /// <summary>Packed keys.</summary>
    internal float* Panels(int worker) => _buffer.Pointer + (worker * _perWorker);

    /// <summary>Packed values.</summary>
    internal float* ValuePanels(int worker) => Panels(worker) + _keyFloats;

    internal float* Scores(int worker) => ValuePanels(worker) + _valueFloats;

    /// <summary>Scores rounded to bfloat16 in the forward; gradients of scores in the backward.</summary>
    internal float* MoreScores(int worker) => Scores(worker) + _scoreFloats;

    /// <summary>One float for each query row of a block.</summary>
    internal float* RowSums(int worker) => MoreScores(worker) + _moreScoreFloats;

    private static int Padded(int count) => (count + Padding - 1) / Padding * Padding;
}
