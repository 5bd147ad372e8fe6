using System.Diagnostics.Metrics;
using System.Globalization;
using Endpoints.Serving.Metrics;

namespace Endpoints.Serving.Access;

/// <summary>What keys do, by their names, and what was refused before it reached an endpoint.</summary>
internal sealed class AccessMetrics(ServingMetrics metrics)
{
    public const string NoKey = "no_key";
    public const string UnknownKey = "unknown_key";
    public const string Quota = "quota";

    private readonly Counter<long> _refused = metrics.Meter.CreateCounter<long>(
        "endpoints.refused", "{request}", "Requests refused before they reached an endpoint, by reason.");

    private readonly Counter<long> _requests = metrics.Meter.CreateCounter<long>("endpoints.key.requests", "{request}", "Requests sent with each key, by status.");

    private readonly Counter<double> _compute = metrics.Meter.CreateCounter<double>("endpoints.key.compute", "s", "Compute time spent on each key's rows.");

    /// <summary>Makes the series of the refusals exist. Once an exporter listens.</summary>
    public void ShowZeros()
    {
        foreach (string reason in (string[])[NoKey, UnknownKey, Quota])
        {
            _refused.Add(0, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    /// <summary>Makes a key's series exist.</summary>
    public void ShowZeros(string key)
    {
        AddRequests(key, 200, 0);
        AddRequests(key, 429, 0);
        AddCompute(key, TimeSpan.Zero);
    }

    public void CountRefused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void CountRequest(string key, int status) => AddRequests(key, status, 1);

    public void AddCompute(string key, TimeSpan compute) => _compute.Add(compute.TotalSeconds, new KeyValuePair<string, object?>("key", key));

    private void AddRequests(string key, int status, int count) => _requests.Add(
        count, new KeyValuePair<string, object?>("key", key), new KeyValuePair<string, object?>("code", status.ToString(CultureInfo.InvariantCulture)));
}
