using System.Net;
using Endpoints.Serving.Options;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Endpoints.Serving.Access;

/// <summary>Where the web server will listen, as the configuration has it.</summary>
internal static class ListenAddresses
{
    /// <summary>The addresses, chosen as the web server chooses: its own section's, else <c>urls</c>, else the ports, which mean every address.</summary>
    /// <exception cref="FormatException">One is no address.</exception>
    public static IReadOnlyList<BindingAddress> Of(IConfiguration configuration)
    {
        string?[] section = [.. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"])];
        IEnumerable<string> texts = section.Length > 0 ? section.OfType<string>()
            : configuration["urls"] is { Length: > 0 } urls ? Split(urls)
            : [.. Ports(configuration, "http"), .. Ports(configuration, "https")];
        return [.. texts.Select(Parse)];
    }

    /// <summary>A sentence for a server that strangers could reach and that asks nobody for a key; null when all is well.</summary>
    public static string? WhyExposed(IReadOnlyList<BindingAddress> addresses, AccessOptions options, bool hasKeys) =>
        !hasKeys && !options.AllowAnonymous && addresses.FirstOrDefault(address => !IsThisMachine(address)) is { } open
            ? $"The server would listen on {open}, where other machines reach it, and it has no API keys. "
                + $"Give keys in a file ({AccessOptions.SectionName}:{nameof(AccessOptions.KeyFile)}) or in the environment ({AccessOptions.KeysVariable}), "
                + $"listen on http://127.0.0.1:8080, or set {AccessOptions.SectionName}:{nameof(AccessOptions.AllowAnonymous)}=true to answer everybody."
            : null;

    private static BindingAddress Parse(string text)
    {
        try
        {
            // What is no port it takes for a part of the host.
            var address = BindingAddress.Parse(text);
            bool isHost = !address.Host.Contains(':', StringComparison.Ordinal) || address.Host.StartsWith('[');
            if (address.IsUnixPipe || address.IsNamedPipe || (isHost && address.Port is >= 0 and <= ushort.MaxValue))
            {
                return address;
            }
        }
        catch (FormatException)
        {
            // Its message names no form.
        }

        throw new FormatException($"'{text}' is no address to listen on: expected http://ADDRESS:PORT or https://ADDRESS:PORT, such as http://127.0.0.1:8080.");
    }

    private static bool IsThisMachine(BindingAddress address) =>
        address.IsUnixPipe || address.IsNamedPipe
        || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host, out IPAddress? ip) && IPAddress.IsLoopback(ip));

    private static IEnumerable<string> Ports(IConfiguration configuration, string scheme) => Split(configuration[$"{scheme}_ports"] ?? "").Select(port => $"{scheme}://*:{port}");

    private static string[] Split(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
