using System.ComponentModel.DataAnnotations;

namespace Endpoints.Serving.Options;

/// <summary>What a client may take of the server before it has asked for anything: section <c>Endpoints:Connections</c>.</summary>
public sealed class ConnectionOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Endpoints:Connections";

    /// <value>Most connections at once; further ones are closed as they come. Default 10,000; from 1 to 1,000,000.</value>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <value>Most header fields in a request; more get 431. Default 64; from 1 to 1,000.</value>
    [Range(1, 1_000)]
    public int MaxHeaders { get; set; } = 64;

    /// <value>Most bytes of all header fields together; more get 431. Default 32,768; from 1,024 to 524,288.</value>
    [Range(1_024, 524_288)]
    public int MaxHeaderBytes { get; set; } = 32_768;

    /// <value>Longest request line (method, path and query), in bytes; longer ones get 414. Default 8,192; from 256 to 65,536.</value>
    [Range(256, 65_536)]
    public int MaxRequestLineBytes { get; set; } = 8_192;

    /// <value>How long a request's line and headers may take; then 408. Default 10 s; from 1 s to 10 minutes.</value>
    [TimeSpanRange("00:00:01", "00:10:00")]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <value>How long a connection may stay open between two requests. Default 2 minutes; from 1 s to 1 hour.</value>
    [TimeSpanRange("00:00:01", "01:00:00")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <value>How long a request's body may take as a whole; then 408. Default 30 s; from 10 ms to 1 hour.</value>
    [TimeSpanRange("00:00:00.01", "01:00:00")]
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <value>Slowest rate at which a body may come (else 408) and an answer be taken (else the connection is cut), in bytes a second. Default 240; from 1 to 1,000,000,000.</value>
    [Range(1, 1_000_000_000)]
    public int MinBytesPerSecond { get; set; } = 240;

    /// <value>How long a client may be slower than <see cref="MinBytesPerSecond"/>. Default 5 s; from 1.1 s to 10 minutes.</value>
    [TimeSpanRange("00:00:01.1", "00:10:00")]
    public TimeSpan SlowPeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <value>Most requests at once on one HTTP/2 connection. Default 100; from 1 to 10,000.</value>
    [Range(1, 10_000)]
    public int MaxStreams { get; set; } = 100;
}
