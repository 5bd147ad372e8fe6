using System.ComponentModel.DataAnnotations;
using Endpoints.Compute;

namespace Endpoints.Serving.Options;

/// <summary>What happens to a text that is longer than the endpoint takes.</summary>
public enum OnTooLong
{
    /// <summary>It is cut to fit and the answer says so.</summary>
    Truncate,

    /// <summary>It is refused with 422.</summary>
    Refuse,
}

/// <summary>
/// Options of one endpoint: section <c>Endpoints:ByName:{name}</c> over <c>Endpoints:Defaults</c>.
/// </summary>
public sealed class EndpointOptions
{
    /// <summary>The configuration section that holds for every endpoint.</summary>
    public const string DefaultsSectionName = "Endpoints:Defaults";

    /// <summary>The configuration section with a section for each endpoint.</summary>
    public const string ByNameSectionName = "Endpoints:ByName";

    private const long NoTimeout = -1;

    private long _requestTimeoutTicks = NoTimeout;

    /// <value>
    /// What products run in: <c>float32</c>, <c>bfloat16</c>, <c>int8</c>, or <c>auto</c> (default), which is bfloat16 where this processor is fast in it
    /// and float32 elsewhere.
    /// </value>
    [PrecisionChoice]
    public string Precision { get; set; } = PrecisionName.Auto;

    /// <value>Most tokens in one batch; also a bound on the length of one input. Default 2,048; from 8 to 262,144.</value>
    [Range(8, 262_144)]
    public int MaxBatchTokens { get; set; } = 2_048;

    /// <value>Most rows (pairs or texts) in one batch. Default 64; from 1 to 4,096.</value>
    [Range(1, 4_096)]
    public int MaxBatchRows { get; set; } = 64;

    /// <value>
    /// Longest predicted duration of a batch of more than one row: what a request of another endpoint, or one with a deadline, may find before it.
    /// Default 50 ms; from 0 (a row each) to 10 minutes.
    /// </value>
    [TimeSpanRange("00:00:00", "00:10:00")]
    public TimeSpan MaxBatchDuration { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <value>Share of compute time while other endpoints have work too, relative to theirs. Default 1; from 0.001 to 1,000.</value>
    [Range(0.001, 1_000)]
    public double Weight { get; set; } = 1;

    /// <value>The promise: a request predicted to wait longer than this before its compute starts gets 429. Default 100 ms; from 0 to 10 minutes.</value>
    [TimeSpanRange("00:00:00", "00:10:00")]
    public TimeSpan MaxQueueDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <value>Most rows inside the endpoint at once, waiting or computing; a request that would exceed it gets 429. Default 512; from 1 to 1,048,576.</value>
    [Range(1, 1_048_576)]
    public int MaxConcurrency { get; set; } = 512;

    /// <value>Longest input in tokens, special tokens included. Default null: as the model and <see cref="MaxBatchTokens"/> allow; at least 8.</value>
    [Range(8, 262_144)]
    public int? MaxLength { get; set; }

    /// <value>
    /// Share of answered requests that the network which this one was cut from answers too, while every lane is idle; where that is served. Default 0.01;
    /// from 0 (none) to 1.
    /// </value>
    [Range(0.0, 1.0)]
    public double AgreementShare { get; set; } = 0.01;

    /// <value>Longer inputs are truncated (default) or refused.</value>
    public OnTooLong OnTooLong { get; set; }

    /// <value>A request without an answer after this gets 504 and, if still queued, is never computed; it may ask for less by a deadline. Default null (no limit); from 1 ms to 1 hour.</value>
    [TimeSpanRange("00:00:00.001", "01:00:00")]
    public TimeSpan? RequestTimeout
    {
        // In one word, for a reload may set it while requests read it.
        get => Volatile.Read(ref _requestTimeoutTicks) is not NoTimeout and var ticks ? new TimeSpan(ticks) : null;
        set => Volatile.Write(ref _requestTimeoutTicks, value?.Ticks ?? NoTimeout);
    }
}
