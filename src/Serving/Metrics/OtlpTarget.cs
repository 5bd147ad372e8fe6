using Endpoints.Serving.Options;
using Microsoft.Extensions.Configuration;
using OpenTelemetry.Exporter;

namespace Endpoints.Serving.Metrics;

/// <summary>Where metrics and traces are pushed to over OTLP.</summary>
/// <param name="Endpoint">Null: as the exporter's own environment variables say.</param>
/// <param name="Protocol">How, where an endpoint is given.</param>
internal sealed record OtlpTarget(Uri? Endpoint, OtlpProtocol Protocol)
{
    // Turns OTLP on when no option does; the exporter reads it and its siblings itself.
    private const string Variable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The target that is configured; null for none.</summary>
    public static OtlpTarget? Of(ServerOptions options, IConfiguration configuration) =>
        options.OtlpEndpoint is { } endpoint ? new(endpoint, options.OtlpProtocol)
        : string.IsNullOrEmpty(configuration[Variable]) ? null
        : new(null, options.OtlpProtocol);

    /// <summary>Points an exporter there.</summary>
    /// <param name="exporter">The exporter.</param>
    /// <param name="signal"><c>metrics</c> or <c>traces</c>, which OTLP over HTTP has paths for.</param>
    public void Configure(OtlpExporterOptions exporter, string signal)
    {
        if (Endpoint is null)
        {
            return;
        }

        bool isHttp = Protocol == OtlpProtocol.Http;
        exporter.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        exporter.Endpoint = isHttp ? new Uri($"{Endpoint.AbsoluteUri.TrimEnd('/')}/v1/{signal}") : Endpoint;
    }
}
