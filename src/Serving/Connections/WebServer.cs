using Endpoints.Serving.Options;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Connections;

/// <summary>Sets Kestrel up: limits against slow and greedy clients, and TLS.</summary>
internal static class WebServer
{
    public static void Configure(this IWebHostBuilder host, ConnectionOptions options)
    {
        host.UseKestrelHttpsConfiguration();
        host.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            Limit(kestrel.Limits, options);
            if (kestrel.ApplicationServices.GetService<ServerCertificate>() is { } certificate)
            {
                kestrel.ConfigureHttpsDefaults(https =>
                {
                    // The first is what makes Kestrel ask for no other; the second is what it uses, with the certificates in between.
                    https.ServerCertificate = certificate.Current().TargetCertificate;
                    https.OnAuthenticate = (_, handshake) => handshake.ServerCertificateContext = certificate.Current();
                });
            }
        });
    }

    /// <summary>Reads the certificate, where there are addresses for one.</summary>
    /// <exception cref="FormatException">It cannot be used, or there is one without an address, or an address without one.</exception>
    public static void AddCertificate(this IServiceCollection services, TlsOptions options, IReadOnlyList<BindingAddress> addresses, IConfiguration configuration)
    {
        BindingAddress? secure = addresses.FirstOrDefault(address => address.Scheme == Uri.UriSchemeHttps);
        if (options.Certificate is null)
        {
            if (secure is not null && !HasCertificateOfItsOwn(configuration))
            {
                throw new FormatException($"{secure} needs a certificate: set {TlsOptions.SectionName}:{nameof(TlsOptions.Certificate)} to a PEM or PKCS #12 file.");
            }

            return;
        }

        if (secure is null)
        {
            throw new FormatException(
                $"{TlsOptions.SectionName}:{nameof(TlsOptions.Certificate)} is set, and no address is https: listen on https://..., or leave the certificate out.");
        }

        var loaded = CertificateFiles.Load(options);
        services.AddSingleton(provider => new ServerCertificate(
            options, loaded, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ServerCertificate>>()));
    }

    private static bool HasCertificateOfItsOwn(IConfiguration configuration) =>
        configuration.GetSection("Kestrel:Certificates").Exists()
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any(endpoint => endpoint.GetSection("Certificate").Exists());

    private static void Limit(KestrelServerLimits limits, ConnectionOptions options)
    {
        // This one is ours to enforce: a body that Kestrel refuses is cut off, perhaps before its sender has read the answer.
        limits.MaxRequestBodySize = null;
        limits.MaxConcurrentConnections = options.MaxConnections;
        limits.MaxRequestHeaderCount = options.MaxHeaders;
        limits.MaxRequestHeadersTotalSize = options.MaxHeaderBytes;
        limits.MaxRequestLineSize = options.MaxRequestLineBytes;
        limits.RequestHeadersTimeout = options.HeaderTimeout;
        limits.KeepAliveTimeout = options.KeepAliveTimeout;
        limits.MinRequestBodyDataRate = limits.MinResponseDataRate = new MinDataRate(options.MinBytesPerSecond, options.SlowPeriod);
        limits.Http2.MaxStreamsPerConnection = options.MaxStreams;
        limits.Http2.MaxRequestHeaderFieldSize = options.MaxHeaderBytes;
    }
}
