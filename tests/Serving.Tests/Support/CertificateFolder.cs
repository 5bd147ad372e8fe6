using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Endpoints.Tests;

namespace Endpoints.Serving.Tests.Support;

/// <summary>Certificates made for a test: a root, one between, and a server's for 127.0.0.1, each test's own.</summary>
internal sealed class CertificateFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _between;

    public CertificateFolder()
    {
        X509Certificate2 root = Issue("CN=test root", null, isAuthority: true);
        Root = root;
        _between = Issue("CN=test between", root, isAuthority: true);
    }

    /// <summary>What a client trusts.</summary>
    public X509Certificate2 Root { get; }

    public string File(string name) => _folder.File(name);

    /// <summary>Writes a new server certificate of a common name, with the one between, and its key: <c>cert.pem</c>, <c>key.pem</c>.</summary>
    public void WritePem(string name, string? password = null)
    {
        using X509Certificate2 server = Issue($"CN={name}", _between, isAuthority: false);
        using ECDsa key = server.GetECDsaPrivateKey()!;
        System.IO.File.WriteAllText(File("key.pem"), password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000)));
        System.IO.File.WriteAllText(File("cert.pem"), $"{server.ExportCertificatePem()}\n{_between.ExportCertificatePem()}\n");
    }

    /// <summary>Writes a new server certificate as <c>cert.pfx</c>.</summary>
    public void WritePfx(string name, string password)
    {
        using X509Certificate2 server = Issue($"CN={name}", _between, isAuthority: false);
        System.IO.File.WriteAllBytes(File("cert.pfx"), new X509Certificate2Collection { server, X509CertificateLoader.LoadCertificate(_between.RawData) }.Export(X509ContentType.Pkcs12, password)!);
    }

    /// <summary>A client's handler that trusts the root alone, and reports whom it saw.</summary>
    public SocketsHttpHandler Client(Action<string> sees) => new()
    {
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions =
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { Root }, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true,
            },
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                sees(certificate!.Subject);
                return errors == System.Net.Security.SslPolicyErrors.None;
            },
        },
    };

    public void Dispose() => _folder.Dispose();

    private static X509Certificate2 Issue(string subject, X509Certificate2? issuer, bool isAuthority)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        if (issuer is null)
        {
            return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        }

        // Within the life of its issuer, which was made some time before.
        using X509Certificate2 issued = request.Create(issuer, now.AddHours(-1), isAuthority ? now.AddDays(1) : now.AddHours(12), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
