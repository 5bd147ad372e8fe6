namespace Endpoints.Serving.Admission;

/// <summary>
/// What a token costs an endpoint, measured on its real batches: the ratio of two sums, of seconds and of tokens, in which every
/// batch weighs a tenth less than the next one. Written by lanes, read by everyone.
/// </summary>
internal sealed class CostEstimator
{
    private const double Memory = 0.9;

    private readonly Lock _lock = new();
    private double _seconds;
    private double _tokens;
    private double _secondsPerToken;

    /// <summary>Seconds for each token; 0 before the first batch.</summary>
    public double SecondsPerToken => Volatile.Read(ref _secondsPerToken);

    public void Observe(int tokens, TimeSpan elapsed)
    {
        lock (_lock)
        {
            _seconds = (Memory * _seconds) + elapsed.TotalSeconds;
            _tokens = (Memory * _tokens) + tokens;
            Volatile.Write(ref _secondsPerToken, _seconds / _tokens);
        }
    }
}
