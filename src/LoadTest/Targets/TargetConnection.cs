using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Endpoints.LoadTest.Targets;

/// <summary>How a target is reached: headers, among them keys, and TLS. It is shown in no report.</summary>
public sealed class TargetConnection
{
    private static readonly string[] Own = ["Content-Length", "Transfer-Encoding", "Expect", "Upgrade"];

    /// <summary>No headers of one's own, and certificates as the system trusts them.</summary>
    public static TargetConnection Plain { get; } = new();

    /// <summary>Headers sent with every request.</summary>
    /// <exception cref="LoadTestException">One of them is the tester's to send, or cannot be sent in a line.</exception>
    public IReadOnlyList<KeyValuePair<string, string>> Headers
    {
        get;
        init => field = [.. value.Select(Checked)];
    } = [];

    /// <summary>Takes any certificate. Default: no.</summary>
    public bool AcceptsAnyCertificate { get; init; }

    /// <summary>Certificates that are trusted instead of the system's; null for the system's.</summary>
    public X509Certificate2Collection? TrustedCertificates { get; init; }

    /// <summary>Never a value: they may be keys.</summary>
    public override string ToString() => $"{Headers.Count} headers";

    /// <summary>A handler without proxy, redirects, cookies or decompression: what the server does is what counts.</summary>
    internal SocketsHttpHandler Handler(TimeSpan timeout) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
        ConnectTimeout = timeout,
        SslOptions = Tls(),
    };

    internal void AddHeaders(HttpRequestHeaders headers)
    {
        foreach ((string name, string value) in Headers)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }

    private static KeyValuePair<string, string> Checked(KeyValuePair<string, string> header)
    {
        if (Own.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
        {
            throw new LoadTestException($"The header {header.Key} says how a request is sent, which the tester decides: leave it out.");
        }

        return header.Value.All(letter => letter is >= ' ' and <= '~' or '\t')
            ? header
            : throw new LoadTestException($"The header {header.Key} has a line break or a letter that is not ASCII: give it in one line of ASCII.");
    }

    private SslClientAuthenticationOptions Tls()
    {
        var tls = new SslClientAuthenticationOptions();
        if (AcceptsAnyCertificate)
        {
#pragma warning disable CA5359 // The user asked for it by name: a test server often has a certificate of its own.
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        if (TrustedCertificates is { } trusted)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        }

        return tls;
    }
}
