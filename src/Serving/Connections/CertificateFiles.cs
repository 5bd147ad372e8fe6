using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Connections;

/// <summary>Reads a server's certificate, its key and the certificates between it and the root.</summary>
internal static class CertificateFiles
{
    /// <summary>Reads them.</summary>
    /// <returns>What a handshake needs, and a fingerprint of the files' bytes.</returns>
    /// <exception cref="FormatException">They cannot be read, or do not belong together; the message says which and why.</exception>
    public static (SslStreamCertificateContext Context, string Fingerprint) Load(TlsOptions options)
    {
        string file = options.Certificate!;
        try
        {
            string fingerprint = Fingerprint(options);
            string? password = options.PasswordFile is null ? null : File.ReadLines(options.PasswordFile).FirstOrDefault("");
            var all = new X509Certificate2Collection();
            X509Certificate2 own = IsPkcs12(file) ? LoadPkcs12(file, password, all) : LoadPem(file, options.Key, password, all);
            return (SslStreamCertificateContext.Create(own, all, offline: true), fingerprint);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new FormatException(
                $"{TlsOptions.SectionName}:{nameof(TlsOptions.Certificate)}: {Files(options)} cannot be used: {exception.Message.ReplaceLineEndings(" ")} "
                + "Expected a certificate and its private key, in PEM, or in PKCS #12 where the name ends in .pfx or .p12.");
        }
    }

    /// <summary>Changes when the files do.</summary>
    public static string Fingerprint(TlsOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string? file in (string?[])[options.Certificate, options.Key, options.PasswordFile])
        {
            hash.AppendData(file is null ? [] : File.ReadAllBytes(file));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static bool IsPkcs12(string file) => Path.GetExtension(file).ToUpperInvariant() is ".PFX" or ".P12";

    private static X509Certificate2 LoadPkcs12(string file, string? password, X509Certificate2Collection all)
    {
        all.AddRange(X509CertificateLoader.LoadPkcs12CollectionFromFile(file, password));
        return all.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw new CryptographicException("It holds no private key.");
    }

    private static X509Certificate2 LoadPem(string file, string? key, string? password, X509Certificate2Collection all)
    {
        all.ImportFromPemFile(file);
        return password is null ? X509Certificate2.CreateFromPemFile(file, key) : X509Certificate2.CreateFromEncryptedPemFile(file, password, key);
    }

    private static string Files(TlsOptions options) => options.Key is null ? options.Certificate! : $"{options.Certificate} with {options.Key}";
}
