namespace Endpoints.Serving.Options;

/// <summary>The certificate of <c>https</c> addresses: section <c>Endpoints:Tls</c>. Read again when its files change.</summary>
public sealed class TlsOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Endpoints:Tls";

    /// <value>File with the certificate and, after it, those between it and the root: PEM, or PKCS #12 where its name ends in .pfx or .p12. Default null: no TLS.</value>
    public string? Certificate { get; set; }

    /// <value>PEM file of the private key. Default null: it is in the certificate's file.</value>
    public string? Key { get; set; }

    /// <value>File whose first line is the password of the key or of the PKCS #12 file. Default null: there is none.</value>
    public string? PasswordFile { get; set; }
}
