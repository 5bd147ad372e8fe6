namespace Endpoints.LoadTest;

/// <summary>A URL under test and the name it has in files, charts and tables.</summary>
/// <param name="Name">Its name; unique in a run.</param>
/// <param name="Url">Where requests are posted; http or https.</param>
public sealed record LoadTarget(string Name, Uri Url)
{
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

        return new LoadTarget(named ? text[..equals].Trim() : NameOf(url), url);
    }

    /// <summary>The endpoint that the URL's path names (<c>/endpoints/NAME/...</c>); null when it names none.</summary>
    internal static string? EndpointIn(Uri url)
    {
        string[] parts = url.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int at = Array.IndexOf(parts, "endpoints");
        return at >= 0 && at + 1 < parts.Length ? Uri.UnescapeDataString(parts[at + 1]) : null;
    }

    private static string NameOf(Uri url) => EndpointIn(url) ?? (url.IsDefaultPort ? url.Host : $"{url.Host}:{url.Port}");
}
