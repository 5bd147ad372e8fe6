using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Catalog;
using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;
using Microsoft.Extensions.Options;

namespace Endpoints.Serving.Elastic;

/// <summary>The elastic endpoints of this server.</summary>
internal sealed class ElasticEndpoints
{
    private readonly FrozenDictionary<string, ElasticEndpoint> _byName;

    /// <exception cref="OptionsValidationException">The members of one answer other labels, or are measured to stand in another order.</exception>
    public ElasticEndpoints(
        ServingConfiguration configuration, EndpointCatalog catalog, WaitEstimator waits, LaneClock lanes, ServingMetrics metrics, TimeProvider time)
    {
        _byName = configuration.Elastic.ToFrozenDictionary(
            elastic => elastic.Key, elastic => new ElasticEndpoint(elastic.Key, elastic.Value, catalog, waits, lanes, time), StringComparer.Ordinal);
        string[] wrong = [.. All.Select(elastic => elastic.WhyUnfit()).OfType<string>()];
        if (wrong.Length > 0)
        {
            throw new OptionsValidationException(ServingConfiguration.ElasticSectionName, typeof(ServingConfiguration), wrong);
        }

        if (_byName.Count > 0)
        {
            metrics.Meter.CreateObservableCounter("endpoints.elastic.requests", Requests, "{request}", "Requests of elastic endpoints by the member that each was sent to.");
            metrics.Meter.CreateObservableGauge("endpoints.elastic.step", Steps, null, "How many members an elastic endpoint has stepped down; 0 for the most accurate.");
        }
    }

    public IEnumerable<ElasticEndpoint> All => _byName.Values;

    /// <summary>A sentence on an elastic endpoint that would not fit any more with this endpoint listed; null when all would.</summary>
    public string? WhyUnfit(ServedEndpoint candidate) =>
        All.Where(elastic => elastic.Members.Contains(candidate.Name)).Select(elastic => elastic.WhyUnfit(candidate)).FirstOrDefault(reason => reason is not null);

    public ElasticEndpoint? Find(string name) => _byName.GetValueOrDefault(name);

    private IEnumerable<Measurement<long>> Requests() =>
        from elastic in All
        from member in Enumerable.Range(0, elastic.Members.Count)
        select new Measurement<long>(elastic.AnswersOf(member), new("endpoint", elastic.Name), new("member", elastic.Members[member]));

    private IEnumerable<Measurement<int>> Steps() =>
        from elastic in All select new Measurement<int>(elastic.Step, new KeyValuePair<string, object?>("endpoint", elastic.Name));
}
