namespace Endpoints.Compute.Attention;

/// <summary>Attention's working memory, grown to the longest sequence and the widest head asked for.</summary>
/// <param name="workers">Threads in the team.</param>
/// <param name="backward">Also room for the backward.</param>
public sealed class GrowingAttentionScratch(int workers, bool backward) : IDisposable
{
    private AttentionScratch _scratch = new(workers, 32, 32, backward);

    /// <summary>Memory for sequences of up to <paramref name="maxLength"/> tokens and heads of <paramref name="headSize"/>.</summary>
    public AttentionScratch For(int maxLength, int headSize)
    {
        if (_scratch.MaxLength < maxLength || _scratch.HeadSize < headSize)
        {
            int length = Math.Max(maxLength, _scratch.MaxLength);
            int size = Math.Max(headSize, _scratch.HeadSize);
            _scratch.Dispose();
            _scratch = new AttentionScratch(workers, length, size, backward);
        }

        return _scratch;
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();
}
