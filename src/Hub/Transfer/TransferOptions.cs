namespace Endpoints.Hub.Transfer;

/// <summary>How patient a download is.</summary>
public sealed record TransferOptions
{
    /// <summary>How long a server may send nothing before the request is given up and tried again. Default 30 s.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Failures in a row, without a byte gained, after which a download ends. Default 5, at least 1.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The pause after the first failure; each further one is twice as long, up to <see cref="LongestPause"/>. Default 1 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause, and the longest that a server may ask for with <c>Retry-After</c>. Default 2 minutes.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(2);
}
