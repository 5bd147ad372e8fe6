using System.Buffers;

namespace Endpoints.Hub;

/// <summary>Which hub, which cache and as whom: what the <c>HF_*</c> variables say, with the meaning that Hugging Face's own client gives them.</summary>
public sealed class HubSettings
{
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=");

    /// <summary>The hub's address: <c>HF_ENDPOINT</c>, by default <c>https://huggingface.co</c>.</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>Where repositories are kept: <c>HF_HUB_CACHE</c>, else <c>HF_HOME/hub</c>, by default <c>~/.cache/huggingface/hub</c>.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Whether the network is not to be used: <c>HF_HUB_OFFLINE</c>.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Sent to <see cref="Endpoint"/> and nowhere else: <c>HF_TOKEN</c>, else what the file <c>HF_TOKEN_PATH</c> or <c>HF_HOME/token</c> holds; null for none.</summary>
    internal string? Token { get; init; }

    /// <summary>Reads the variables, and the token's file.</summary>
    /// <param name="variable">The value of an environment variable; null where it is not set.</param>
    /// <exception cref="HubException">A variable has a value that cannot be used.</exception>
    public static HubSettings FromEnvironment(Func<string, string?> variable)
    {
        string user = variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string Folder(string path) => path is "~" || path.StartsWith("~/", StringComparison.Ordinal) ? user + path[1..] : Path.GetFullPath(path);
        string home = Set("HF_HOME") is { } set ? Folder(set) : Path.Combine(Set("XDG_CACHE_HOME") is { } cache ? Folder(cache) : Path.Combine(user, ".cache"), "huggingface");
        return new HubSettings
        {
            Endpoint = ParseEndpoint(Set("HF_ENDPOINT") ?? "https://huggingface.co"),
            CacheFolder = (Set("HF_HUB_CACHE") ?? Set("HUGGINGFACE_HUB_CACHE")) is { } folder ? Folder(folder) : Path.Combine(home, "hub"),
            IsOffline = Set("HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "ON" or "YES" or "TRUE",
            Token = (Set("HF_TOKEN") ?? Set("HUGGING_FACE_HUB_TOKEN")) is { } token
                ? RequireToken(token, "HF_TOKEN")
                : ReadToken(Set("HF_TOKEN_PATH") is { } path ? Folder(path) : Path.Combine(home, "token")),
        };

        string? Set(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;
    }

    private static Uri ParseEndpoint(string text)
    {
        if (!Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            throw new HubException("HF_ENDPOINT is no http or https address: expected for example https://huggingface.co.");
        }

        return address.UserInfo.Length == 0 && address.Query.Length == 0
            ? address
            : throw new HubException("HF_ENDPOINT holds a user name, a password or a query: expected an address alone; a token goes into HF_TOKEN.");
    }

    private static string? ReadToken(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? RequireToken(token, path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HubException($"The token's file {path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>A header would show a wrong token in its error, so it is looked at first.</summary>
    private static string RequireToken(string token, string source) => token.AsSpan().ContainsAnyExcept(TokenCharacters)
        ? throw new HubException($"{source} holds characters that no token has: expected one like hf_..., alone.")
        : token;
}
