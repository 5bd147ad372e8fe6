using System.Net;
using Endpoints.Serving.Connections;
using Endpoints.Serving.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Endpoints.Serving.Tests.Connections;

public sealed class TlsTests : IDisposable
{
    private readonly CertificateFolder _files = new();
    private readonly List<string> _seen = [];

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Pem_WithTheOneBetween_IsTrustedByAClientThatKnowsTheRoot()
    {
        _files.WritePem("one");
        await using TestHost host = await StartAsync(("Endpoints:Tls:Certificate", _files.File("cert.pem")), ("Endpoints:Tls:Key", _files.File("key.pem")));

        Assert.Equal(HttpVersion.Version20, await VersionAsync(host, HttpVersion.Version20));
        Assert.Equal(HttpVersion.Version11, await VersionAsync(host, HttpVersion.Version11));
        Assert.Equal(["CN=one", "CN=one"], _seen);
    }

    [Fact]
    public async Task Pem_KeyInTheSameFileEncrypted_IsOpenedWithThePassword()
    {
        _files.WritePem("one", "open sesame");
        File.AppendAllText(_files.File("cert.pem"), File.ReadAllText(_files.File("key.pem")));
        File.WriteAllText(_files.File("password"), "open sesame\n");

        await using TestHost host = await StartAsync(("Endpoints:Tls:Certificate", _files.File("cert.pem")), ("Endpoints:Tls:PasswordFile", _files.File("password")));

        Assert.Equal(HttpVersion.Version20, await VersionAsync(host, HttpVersion.Version20));
    }

    [Fact]
    public async Task Pfx_WithItsPassword_Serves()
    {
        _files.WritePfx("two", "open sesame");
        File.WriteAllText(_files.File("password"), "open sesame");

        await using TestHost host = await StartAsync(("Endpoints:Tls:Certificate", _files.File("cert.pfx")), ("Endpoints:Tls:PasswordFile", _files.File("password")));

        Assert.Equal(HttpVersion.Version20, await VersionAsync(host, HttpVersion.Version20));
        Assert.Equal(["CN=two"], _seen);
    }

    [Fact]
    public async Task Files_Change_NewConnectionsGetTheNewCertificateAndBadOnesLeaveTheOld()
    {
        var time = new ManualTimeProvider();
        _files.WritePem("one");
        await using TestHost host = await StartAsync(time, ("Endpoints:Tls:Certificate", _files.File("cert.pem")), ("Endpoints:Tls:Key", _files.File("key.pem")));
        await VersionAsync(host, HttpVersion.Version11);

        _files.WritePem("two");
        time.Advance(TimeSpan.FromSeconds(5));
        await VersionAsync(host, HttpVersion.Version11);
        File.WriteAllText(_files.File("cert.pem"), "no certificate");
        time.Advance(TimeSpan.FromSeconds(5));
        await VersionAsync(host, HttpVersion.Version11);
        File.Delete(_files.File("cert.pem"));
        time.Advance(TimeSpan.FromSeconds(5));
        await VersionAsync(host, HttpVersion.Version11);
        _files.WritePem("three");
        host.App.Services.GetRequiredService<ServerCertificate>().Refresh();
        await VersionAsync(host, HttpVersion.Version11);

        Assert.Equal(["CN=one", "CN=two", "CN=two", "CN=two", "CN=three"], _seen);
    }

    [Theory]
    [InlineData("nothing.pem", null, "nothing.pem cannot be used: Could not find file")]
    [InlineData("cert.pem", null, "cert.pem cannot be used: The key contents do not contain a PEM")]
    [InlineData("cert.pem", "other.pem", "cert.pem with ")]
    [InlineData("text.pfx", null, "text.pfx cannot be used: ")]
    public async Task Start_FilesThatCannotBeUsed_SaysWhichAndWhatIsExpected(string certificate, string? key, string expected)
    {
        _files.WritePem("other");
        File.Move(_files.File("key.pem"), _files.File("other.pem"));
        _files.WritePem("one");
        File.WriteAllText(_files.File("text.pfx"), "text");

        var exception = await Assert.ThrowsAsync<FormatException>(() => StartAsync(
            ("Endpoints:Tls:Certificate", _files.File(certificate)), ("Endpoints:Tls:Key", key is null ? null! : _files.File(key))));

        Assert.StartsWith("Endpoints:Tls:Certificate: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("Expected a certificate and its private key, in PEM, or in PKCS #12 where the name ends in .pfx or .p12.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_HttpsWithoutACertificateOrTheReverse_SaysWhatIsMissing()
    {
        var missing = await Assert.ThrowsAsync<FormatException>(() => StartAsync());
        Assert.Equal("https://127.0.0.1:0 needs a certificate: set Endpoints:Tls:Certificate to a PEM or PKCS #12 file.", missing.Message);

        _files.WritePem("one");
        var unused = await Assert.ThrowsAsync<FormatException>(() => TestHost.StartAsync(
            ("Endpoints:Tls:Certificate", _files.File("cert.pem")), ("Endpoints:Tls:Key", _files.File("key.pem"))));
        Assert.Contains("no address is https", unused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http2WithoutTls_IsOffUntilAskedFor()
    {
        await using TestHost plain = await TestHost.StartAsync();
        await using TestHost prior = await TestHost.StartAsync(("Kestrel:EndpointDefaults:Protocols", "Http2"));

        await Assert.ThrowsAsync<HttpRequestException>(() => VersionAsync(plain, HttpVersion.Version20));
        Assert.Equal(HttpVersion.Version20, await VersionAsync(prior, HttpVersion.Version20));
    }

    private static Task<TestHost> StartAsync(params (string Key, string Value)[] configuration) => StartAsync(null, configuration);

    private static Task<TestHost> StartAsync(TimeProvider? time, params (string Key, string Value)[] configuration) =>
        TestHost.StartAsync(new FakeEngine(), time, [("urls", "https://127.0.0.1:0"), .. configuration]);

    /// <summary>Invokes over a connection of its own, and gives the version of the answer.</summary>
    private async Task<Version> VersionAsync(TestHost host, Version version)
    {
        using var client = new HttpClient(_files.Client(_seen.Add)) { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/invoke")
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new StringContent(TestHost.Body(), System.Text.Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer.Version;
    }
}
