using System.ComponentModel.DataAnnotations;

namespace Endpoints.Serving.Options;

/// <summary>How log lines are written to the console.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>How OTLP is spoken.</summary>
public enum OtlpProtocol
{
    /// <summary>gRPC; collectors take it on port 4317.</summary>
    Grpc,

    /// <summary>Protobuf over HTTP; collectors take it on port 4318.</summary>
    Http,
}

/// <summary>Options of the server as a whole: section <c>Endpoints:Server</c>.</summary>
public sealed class ServerOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Endpoints:Server";

    /// <value>Largest request body, in bytes; longer ones get 413. Default 6,291,456; from 1,024 to 1,073,741,824.</value>
    [Range(1_024, 1_073_741_824)]
    public int MaxRequestBytes { get; set; } = 6_291_456;

    /// <value>Most pairs in one request; more get 400. Default 128; from 1 to 65,536, and at most any endpoint's <c>MaxConcurrency</c>.</value>
    [Range(1, 65_536)]
    public int MaxPairs { get; set; } = 128;

    /// <value>
    /// True: a throttled request to a SageMaker route gets 400 as from AWS; false (default): 429, which other clients understand too. AWS clients retry both.
    /// </value>
    public bool SageMakerThrottleAs400 { get; set; }

    /// <value>
    /// How long the listener stays open after a signal to stop, answering 503 on <c>/health/ready</c> so that load balancers turn away.
    /// Default 2 s; from 0 to 10 minutes, and shorter than <see cref="ShutdownTimeout"/>.
    /// </value>
    [TimeSpanRange("00:00:00", "00:10:00")]
    public TimeSpan DrainDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <value>Grace time from the signal to stop until the last accepted request must be answered. Default 25 s; from 100 ms to 1 hour.</value>
    [TimeSpanRange("00:00:00.1", "01:00:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <value>
    /// True: clients may add, replace and remove endpoints; false: none may; null (default): clients on this machine may, over loopback.
    /// </value>
    public bool? Management { get; set; }

    /// <value>Folders below which checkpoints may be loaded on a client's word. Default none: then new endpoints can only be cut from those that are served.</value>
    public string[] ModelRoots { get; set; } = [];

    /// <value>
    /// Origins whose pages' scripts may call the server, each as a browser sends it (<c>https://app.example.com</c>), or <c>*</c> alone for every one. Default none:
    /// browsers then keep pages of other origins away.
    /// </value>
    public string[] AllowedOrigins { get; set; } = [];

    /// <value>Console log format. Default <see cref="LogFormat.Text"/>.</value>
    public LogFormat LogFormat { get; set; }

    /// <value>
    /// Where metrics and traces are pushed to over OTLP, for example <c>http://collector:4317</c>. Default null: only if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </value>
    public Uri? OtlpEndpoint { get; set; }

    /// <value>How <see cref="OtlpEndpoint"/> is spoken to. Default <see cref="OtlpProtocol.Grpc"/>.</value>
    public OtlpProtocol OtlpProtocol { get; set; }
}
