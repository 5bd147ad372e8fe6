using Endpoints.Serving.Access;
using Endpoints.Serving.Options;
using Microsoft.Extensions.Configuration;

namespace Endpoints.Serving.Tests.Access;

public sealed class ListenAddressesTests
{
    [Theory]
    [InlineData("urls", "http://127.0.0.1:8080")]
    [InlineData("urls", "http://127.8.9.10:8080;https://[::1]:8443")]
    [InlineData("urls", "http://localhost:8080")]
    [InlineData("urls", "http://unix:/tmp/endpoints.sock")]
    [InlineData("Kestrel:Endpoints:Here:Url", "http://LOCALHOST:80")]
    public void WhyExposed_ThisMachineOnly_Nothing(string key, string value) => Assert.Null(Why((key, value)));

    [Theory]
    [InlineData("http://0.0.0.0:8080", "urls", "http://0.0.0.0:8080")]
    [InlineData("http://[::]:8080", "urls", "http://127.0.0.1:80;http://[::]:8080")]
    [InlineData("http://*:8080", "urls", "http://*:8080")]
    [InlineData("http://10.1.2.3:8080", "urls", "http://10.1.2.3:8080")]
    [InlineData("http://localhost.example.com:80", "urls", "http://localhost.example.com")]
    [InlineData("http://*:8080", "http_ports", "8080")]
    [InlineData("https://*:8443", "https_ports", "8443")]
    [InlineData("https://0.0.0.0:443", "Kestrel:Endpoints:There:Url", "https://0.0.0.0")]
    public void WhyExposed_OtherMachinesReachIt_NamesTheAddressAndTheWaysOut(string named, string key, string value)
    {
        string? reason = Why((key, value));

        Assert.StartsWith($"The server would listen on {named}", reason, StringComparison.OrdinalIgnoreCase);
        foreach (string way in (string[])["Endpoints:Access:KeyFile", "ENDPOINTS_API_KEYS", "http://127.0.0.1:8080", "Endpoints:Access:AllowAnonymous=true"])
        {
            Assert.Contains(way, reason, StringComparison.Ordinal);
        }

        Assert.Null(ListenAddresses.WhyExposed(Of((key, value)), new AccessOptions { AllowAnonymous = true }, hasKeys: false));
        Assert.Null(ListenAddresses.WhyExposed(Of((key, value)), new AccessOptions(), hasKeys: true));
    }

    [Fact]
    public void Of_SectionAndUrlsAndPorts_TheMoreExactWins()
    {
        (string, string) section = ("Kestrel:Endpoints:Here:Url", "http://127.0.0.1:1"), urls = ("urls", "http://0.0.0.0:2"), ports = ("http_ports", "3");

        Assert.Equal([1], Of(section, urls, ports).Select(address => address.Port));
        Assert.Equal([2], Of(urls, ports).Select(address => address.Port));
        Assert.Equal([3], Of(ports).Select(address => address.Port));
    }

    private static string? Why((string, string) setting) => ListenAddresses.WhyExposed(Of(setting), new AccessOptions(), hasKeys: false);

    private static IReadOnlyList<Microsoft.AspNetCore.Http.BindingAddress> Of(params (string Key, string Value)[] settings) => ListenAddresses.Of(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build());
}
