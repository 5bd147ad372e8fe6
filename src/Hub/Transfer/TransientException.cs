namespace Endpoints.Hub.Transfer;

/// <summary>A failure that may pass: another attempt is worth it.</summary>
/// <param name="reason">What happened, a clause without a full stop.</param>
/// <param name="retryAfter">How long the server asked to wait.</param>
/// <param name="inner">The cause.</param>
internal sealed class TransientException(string reason, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(reason, inner)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
