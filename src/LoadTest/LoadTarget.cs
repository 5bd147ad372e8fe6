using Endpoints.LoadTest.Targets;
using Endpoints.LoadTest.Users;
using Endpoints.LoadTest.Wire;

namespace Endpoints.LoadTest;

/// <summary>A URL under test and the name it has in files, charts and tables.</summary>
/// <param name="Name">Its name; unique in a run.</param>
/// <param name="Url">Where requests are posted; http or https.</param>
public sealed record LoadTarget(string Name, Uri Url)
{
    /// <summary>What is posted, and where the answer's label stands. Default: what the URL's path tells.</summary>
    public RequestForm Form { get; init; } = RequestForm.For(Url);

    /// <summary>Headers, keys and TLS.</summary>
    public TargetConnection Connection { get; init; } = TargetConnection.Plain;

    /// <summary>
    /// Reads <c>name=URL</c> or just a URL. A bare URL of an endpoint (<c>.../endpoints/NAME/invoke</c>) takes the endpoint's name, any other its host and port.
    /// </summary>
    /// <exception cref="LoadTestException">The text is neither.</exception>
    public static LoadTarget Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        bool named = equals > 0 && (slash < 0 || equals < slash);
        string address = (named ? text[(equals + 1)..] : text).Trim();
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            throw new LoadTestException(
                $"'{text}' is not a target: expected URL or NAME=URL with an http or https URL, such as base=http://127.0.0.1:8080/endpoints/base/invoke.");
        }

        if (url.UserInfo.Length > 0)
        {
            throw new LoadTestException(
                $"The URL of '{url.Host}' holds a name or password, which would stand in files and reports: give it as a header, from the environment or a file.");
        }

        return new LoadTarget(named ? text[..equals].Trim() : NameOf(url), url);
    }

    /// <summary>A connection of its own. Plain HTTP goes straight over a socket, TLS through .NET's client.</summary>
    internal ITargetClient Connect(LoadTestOptions options, TimeProvider time, CancellationToken interrupted) => Url.Scheme == Uri.UriSchemeHttp
        ? new WireClient(this, options, time, interrupted)
        : new TargetClient(this, options, time, interrupted);

    /// <summary>The endpoint that the URL's path names (<c>/endpoints/NAME/...</c>, <c>/v2/models/NAME/...</c>); null when it names none.</summary>
    internal static string? EndpointIn(Uri url)
    {
        string[] parts = url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.FindIndex(parts, part => part is "endpoints" or "models");
        return at >= 0 && at + 1 < parts.Length ? Uri.UnescapeDataString(parts[at + 1]) : null;
    }

    private static string NameOf(Uri url) => EndpointIn(url) ?? (url.IsDefaultPort ? url.Host : $"{url.Host}:{url.Port}");
}
