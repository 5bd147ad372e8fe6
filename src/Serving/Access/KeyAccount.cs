using System.Globalization;

namespace Endpoints.Serving.Access;

/// <summary>What a key has left of its quotas. Request threads take requests, lanes charge compute.</summary>
internal sealed class KeyAccount(ApiKey key, AccessMetrics metrics, TimeProvider time)
{
    private readonly TokenBucket? _requests = key.Quota.RequestsPerSecond is { } rate ? new TokenBucket(key.Quota.Burst, rate, time) : null;
    private readonly TokenBucket? _compute = key.Quota.ComputePerSecond is { } share ? new TokenBucket(share, share, time) : null;

    public ApiKey Key => key;

    public bool HasQuota => (_requests ?? _compute) is not null;

    /// <summary>Takes one request. Null: it may pass.</summary>
    public QuotaSpent? TryEnter()
    {
        if (_compute?.UntilPositive() is { Ticks: > 0 } untilCompute)
        {
            return new QuotaSpent("compute", untilCompute);
        }

        return _requests?.Take(1) is { Ticks: > 0 } untilRequest ? new QuotaSpent("requests", untilRequest) : null;
    }

    /// <summary>Charges time that a lane has spent on this key's rows.</summary>
    public void Charge(TimeSpan compute)
    {
        _compute?.Charge(compute.TotalSeconds);
        metrics.AddCompute(key.Name, compute);
    }

    /// <summary>The header <c>RateLimit-Policy</c>: each quota's size, and the seconds in which it fills up.</summary>
    public string Policy => Join(
        _requests is null ? null : string.Create(CultureInfo.InvariantCulture, $"\"requests\";q={Math.Floor(_requests.Limit):F0};w={Math.Ceiling(_requests.Window):F0}"),
        _compute is null ? null : string.Create(CultureInfo.InvariantCulture, $"\"compute-ms\";q={Math.Floor(1e3 * _compute.Limit):F0};w={Math.Ceiling(_compute.Window):F0}"));

    /// <summary>The header <c>RateLimit</c>: what is left of each quota; nothing, rather than less.</summary>
    public string Left => Join(
        _requests is null ? null : string.Create(CultureInfo.InvariantCulture, $"\"requests\";r={Math.Floor(Math.Max(0, _requests.Left)):F0}"),
        _compute is null ? null : string.Create(CultureInfo.InvariantCulture, $"\"compute-ms\";r={Math.Floor(1e3 * Math.Max(0, _compute.Left)):F0}"));

    private static string Join(string? one, string? two) => one is null ? two ?? "" : two is null ? one : $"{one}, {two}";
}

/// <summary>A quota that has nothing left.</summary>
/// <param name="Quota"><c>requests</c> or <c>compute</c>.</param>
/// <param name="RetryAfter">When it lets a request pass again.</param>
internal readonly record struct QuotaSpent(string Quota, TimeSpan RetryAfter);
