using System.Net.Security;
using Endpoints.Serving.Options;
using Microsoft.Extensions.Logging;

namespace Endpoints.Serving.Connections;

/// <summary>The certificate that handshakes use. A handshake looks now and then whether the files have changed; ones that cannot be used leave the old in place.</summary>
internal sealed class ServerCertificate(
    TlsOptions options, (SslStreamCertificateContext Context, string Fingerprint) loaded, TimeProvider time, ILogger<ServerCertificate> logger)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile SslStreamCertificateContext _context = loaded.Context;
    private string _seen = loaded.Fingerprint;
    private long _lookedAt = time.GetTimestamp();

    /// <summary>What a handshake is to use.</summary>
    public SslStreamCertificateContext Current()
    {
        long looked = Volatile.Read(ref _lookedAt);
        if (time.GetElapsedTime(looked) >= Between && Interlocked.CompareExchange(ref _lookedAt, time.GetTimestamp(), looked) == looked)
        {
            Refresh();
        }

        return _context;
    }

    /// <summary>Reads the files again if they have changed.</summary>
    public void Refresh()
    {
        lock (_lock)
        {
            try
            {
                string fingerprint = CertificateFiles.Fingerprint(options);
                if (fingerprint == _seen)
                {
                    return;
                }

                // Bad files are reported once, not at every look.
                _seen = fingerprint;
                _context = CertificateFiles.Load(options).Context;
                Log.CertificateChanged(logger, _context.TargetCertificate.Subject, _context.TargetCertificate.NotAfter);
            }
            catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException)
            {
                Log.CertificateUnusable(logger, exception.Message);
            }
        }
    }
}
