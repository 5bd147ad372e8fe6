using Endpoints.Serving.Metrics;
using Endpoints.Serving.Options;
using Microsoft.Extensions.Configuration;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Endpoints.Serving.Tracing;

/// <summary>Sends spans over OTLP, where it is configured; else nobody listens for them and none is made.</summary>
internal sealed class TraceExport : IDisposable
{
    private readonly TracerProvider? _provider;

    public TraceExport(ServerOptions options, TracingOptions tracing, IConfiguration configuration)
    {
        if (OtlpTarget.Of(options, configuration) is not { } target)
        {
            return;
        }

        _provider = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService("endpoints"))
            .AddSource(RequestTracing.SourceName)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(tracing.SampleRatio)))
            .AddOtlpExporter(exporter => target.Configure(exporter, "traces"))
            .Build();
    }

    public void Dispose() => _provider?.Dispose();
}
