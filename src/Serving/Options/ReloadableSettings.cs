namespace Endpoints.Serving.Options;

/// <summary>Every option, and which of them a running server takes over. Each is read as one word of memory, so a reader never sees half a value.</summary>
internal static class ReloadableSettings
{
    public static readonly Setting<EndpointOptions>[] Endpoint =
    [
        new(nameof(EndpointOptions.Precision), options => options.Precision),
        new(nameof(EndpointOptions.MaxBatchTokens), options => options.MaxBatchTokens),
        new(nameof(EndpointOptions.MaxBatchRows), options => options.MaxBatchRows, (live, fresh) => live.MaxBatchRows = fresh.MaxBatchRows),
        new(nameof(EndpointOptions.MaxBatchDuration), options => options.MaxBatchDuration, (live, fresh) => live.MaxBatchDuration = fresh.MaxBatchDuration),
        new(nameof(EndpointOptions.Weight), options => options.Weight, (live, fresh) => live.Weight = fresh.Weight),
        new(nameof(EndpointOptions.MaxQueueDelay), options => options.MaxQueueDelay, (live, fresh) => live.MaxQueueDelay = fresh.MaxQueueDelay),
        new(nameof(EndpointOptions.MaxConcurrency), options => options.MaxConcurrency, (live, fresh) => live.MaxConcurrency = fresh.MaxConcurrency),
        new(nameof(EndpointOptions.MaxLength), options => options.MaxLength),
        new(nameof(EndpointOptions.AgreementShare), options => options.AgreementShare, (live, fresh) => live.AgreementShare = fresh.AgreementShare),
        new(nameof(EndpointOptions.OnTooLong), options => options.OnTooLong, (live, fresh) => live.OnTooLong = fresh.OnTooLong),
        new(nameof(EndpointOptions.RequestTimeout), options => options.RequestTimeout, (live, fresh) => live.RequestTimeout = fresh.RequestTimeout),
    ];

    public static readonly Setting<ServerOptions>[] Server =
    [
        new(nameof(ServerOptions.MaxRequestBytes), options => options.MaxRequestBytes, (live, fresh) => live.MaxRequestBytes = fresh.MaxRequestBytes),
        new(nameof(ServerOptions.MaxPairs), options => options.MaxPairs, (live, fresh) => live.MaxPairs = fresh.MaxPairs),
        new(nameof(ServerOptions.SageMakerThrottleAs400), options => options.SageMakerThrottleAs400, (live, fresh) => live.SageMakerThrottleAs400 = fresh.SageMakerThrottleAs400),
        new(nameof(ServerOptions.DrainDelay), options => options.DrainDelay, (live, fresh) => live.DrainDelay = fresh.DrainDelay),
        new(nameof(ServerOptions.ShutdownTimeout), options => options.ShutdownTimeout),
        new(nameof(ServerOptions.Management), options => options.Management, (live, fresh) => live.Management = fresh.Management),
        new(nameof(ServerOptions.ModelRoots), options => string.Join(Path.PathSeparator, options.ModelRoots), (live, fresh) => live.ModelRoots = fresh.ModelRoots),
        new(nameof(ServerOptions.AllowedOrigins), options => string.Join(' ', options.AllowedOrigins)),
        new(nameof(ServerOptions.LogFormat), options => options.LogFormat),
        new(nameof(ServerOptions.OtlpEndpoint), options => options.OtlpEndpoint),
        new(nameof(ServerOptions.OtlpProtocol), options => options.OtlpProtocol),
    ];

    public static readonly Setting<WatchdogOptions>[] Watchdog =
    [
        new(nameof(WatchdogOptions.Factor), options => options.Factor, (live, fresh) => live.Factor = fresh.Factor),
        new(nameof(WatchdogOptions.Minimum), options => options.Minimum, (live, fresh) => live.Minimum = fresh.Minimum),
    ];

    public static readonly Setting<TracingOptions>[] Tracing = [new(nameof(TracingOptions.SampleRatio), options => options.SampleRatio)];

    public static readonly Setting<AccessOptions>[] Access =
    [
        new(nameof(AccessOptions.KeyFile), options => options.KeyFile),
        new(nameof(AccessOptions.AllowAnonymous), options => options.AllowAnonymous),
        new(nameof(AccessOptions.OpenMetrics), options => options.OpenMetrics, (live, fresh) => live.OpenMetrics = fresh.OpenMetrics),
    ];

    public static readonly Setting<ConnectionOptions>[] Connections =
    [
        new(nameof(ConnectionOptions.MaxConnections), options => options.MaxConnections),
        new(nameof(ConnectionOptions.MaxHeaders), options => options.MaxHeaders),
        new(nameof(ConnectionOptions.MaxHeaderBytes), options => options.MaxHeaderBytes),
        new(nameof(ConnectionOptions.MaxRequestLineBytes), options => options.MaxRequestLineBytes),
        new(nameof(ConnectionOptions.HeaderTimeout), options => options.HeaderTimeout),
        new(nameof(ConnectionOptions.KeepAliveTimeout), options => options.KeepAliveTimeout),
        new(nameof(ConnectionOptions.BodyTimeout), options => options.BodyTimeout, (live, fresh) => live.BodyTimeout = fresh.BodyTimeout),
        new(nameof(ConnectionOptions.MinBytesPerSecond), options => options.MinBytesPerSecond),
        new(nameof(ConnectionOptions.SlowPeriod), options => options.SlowPeriod),
        new(nameof(ConnectionOptions.MaxStreams), options => options.MaxStreams),
    ];

    public static readonly Setting<TlsOptions>[] Tls =
    [
        new(nameof(TlsOptions.Certificate), options => options.Certificate),
        new(nameof(TlsOptions.Key), options => options.Key),
        new(nameof(TlsOptions.PasswordFile), options => options.PasswordFile),
    ];
}
