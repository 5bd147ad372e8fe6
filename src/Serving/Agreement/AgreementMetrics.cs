using System.Diagnostics.Metrics;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Metrics;

namespace Endpoints.Serving.Agreement;

/// <summary>What sampled rows have shown, by endpoint and reference.</summary>
internal sealed class AgreementMetrics(ServingMetrics metrics)
{
    private readonly Counter<long> _rows = metrics.Meter.CreateCounter<long>(
        "endpoints.agreement.rows", "{row}", "Rows that an endpoint has answered and its reference too, while nothing else was to do.");

    private readonly Counter<long> _disagreements = metrics.Meter.CreateCounter<long>(
        "endpoints.disagreement.rows", "{row}", "Rows of endpoints.agreement.rows that the reference gives another label.");

    private readonly Counter<double> _drift = metrics.Meter.CreateCounter<double>(
        "endpoints.agreement.drift", "1", "Sum over these rows of |p - q|: what the two say how probable the reference's label is.");

    private readonly Counter<long> _dropped = metrics.Meter.CreateCounter<long>(
        "endpoints.agreement.dropped", "{row}", "Sampled rows that were not compared: there was no time for so many, or the reference was gone or failed.");

    /// <summary>Makes the series of an endpoint that has a reference exist. Once an exporter listens.</summary>
    public void ShowZeros(ServedEndpoint endpoint, ServedEndpoint reference)
    {
        Add(endpoint, reference, rows: 0, disagreements: 0, drift: 0);
        _dropped.Add(0, new KeyValuePair<string, object?>("endpoint", endpoint.Name));
    }

    public void Count(ServedEndpoint endpoint, ServedEndpoint reference, bool agrees, double drift) => Add(endpoint, reference, rows: 1, agrees ? 0 : 1, drift);

    public void CountDropped(ServedEndpoint endpoint) => _dropped.Add(1, new KeyValuePair<string, object?>("endpoint", endpoint.Name));

    private void Add(ServedEndpoint endpoint, ServedEndpoint reference, int rows, int disagreements, double drift)
    {
        KeyValuePair<string, object?> one = new("endpoint", endpoint.Name), other = new("reference", reference.Name);
        _rows.Add(rows, one, other);
        _disagreements.Add(disagreements, one, other);
        _drift.Add(drift, one, other);
    }
}
