using System.ComponentModel.DataAnnotations;

namespace Endpoints.Serving.Options;

/// <summary>Which requests are traced, where OTLP is on: section <c>Endpoints:Tracing</c>.</summary>
public sealed class TracingOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Endpoints:Tracing";

    /// <value>Share of the requests traced that no other service has decided on; those that came with a <c>traceparent</c> follow it. Default 0.01; from 0 to 1.</value>
    [Range(0.0, 1.0)]
    public double SampleRatio { get; set; } = 0.01;
}
