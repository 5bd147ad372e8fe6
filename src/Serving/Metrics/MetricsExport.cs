using System.Diagnostics.Metrics;
using Endpoints.Serving.Options;
using Microsoft.Extensions.Configuration;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Endpoints.Serving.Metrics;

/// <summary>Collects the instruments of one <see cref="ServingMetrics"/>: for <c>/metrics</c>, and over OTLP when it is configured.</summary>
internal sealed class MetricsExport : IDisposable
{
    // Series stay when their endpoint goes. By default an instrument has 2,000 and then counts everything under one that nobody asks for.
    private const int MostSeries = 20_000;

    private readonly Lock _lock = new();
    private readonly PrometheusExporter _prometheus;
    private readonly BaseExportingMetricReader _reader;
    private readonly MeterProvider _provider;

    public MetricsExport(ServingMetrics metrics, ServerOptions options, IConfiguration configuration)
    {
        _prometheus = new PrometheusExporter(metrics.Histograms);
        _reader = new BaseExportingMetricReader(_prometheus);
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService("endpoints"))
            .AddMeter(ServingMetrics.MeterName)

            // Meters are found by name; another host in this process has one of the same name.
            .AddView(instrument => ReferenceEquals(instrument.Meter, metrics.Meter) ? ViewOf(instrument, metrics) : MetricStreamConfiguration.Drop)
            .AddReader(_reader);
        if (OtlpTarget.Of(options, configuration) is { } target)
        {
            builder.AddOtlpExporter(exporter => target.Configure(exporter, "metrics"));
        }

        _provider = builder.Build();
    }

    /// <summary>The present values in Prometheus text format.</summary>
    public byte[] Scrape()
    {
        lock (_lock)
        {
            _reader.Collect();
            return _prometheus.Text;
        }
    }

    private static MetricStreamConfiguration? ViewOf(Instrument instrument, ServingMetrics metrics) =>
        instrument == metrics.Responses || instrument == metrics.Requests ? new MetricStreamConfiguration { CardinalityLimit = MostSeries } : null;

    public void Dispose() => _provider.Dispose();
}
