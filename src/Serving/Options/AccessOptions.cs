namespace Endpoints.Serving.Options;

/// <summary>Who may use the server: section <c>Endpoints:Access</c>. The keys themselves are never configuration, for configuration can stand on a command line.</summary>
public sealed class AccessOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Endpoints:Access";

    /// <summary>The environment variable that holds keys, in the form of the key file, lines parted by line breaks or <c>;</c>.</summary>
    public const string KeysVariable = "ENDPOINTS_API_KEYS";

    /// <value>
    /// File of API keys, one a line: <c>NAME KEY [manage] [requests=R] [burst=B] [compute=C]</c>, where KEY may be <c>sha256:HEX</c>. Default null: only those of
    /// <see cref="KeysVariable"/>; without any, no key is asked for.
    /// </value>
    public string? KeyFile { get; set; }

    /// <value>
    /// True: requests without a key are answered, and the server listens beyond this machine without having keys. Default false. A key that is sent must
    /// be right all the same, and its quotas hold.
    /// </value>
    public bool AllowAnonymous { get; set; }

    /// <value>True: <c>/metrics</c> needs no key. Default false: it tells of endpoints, models and the names of keys. Health routes never need one.</value>
    public bool OpenMetrics { get; set; }
}
