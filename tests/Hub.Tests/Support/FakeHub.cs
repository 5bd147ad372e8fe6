using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Endpoints.Hub.Tests.Support;

/// <summary>A hub with one repository, and the other host that it sends clients to for large files. Small ones are redirected within the hub, as the real one does.</summary>
internal sealed class FakeHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    public const string Id = "acme/tiny-bert";

    private readonly HashSet<string> _large = [];

    private FakeHub()
    {
    }

    public Dictionary<string, byte[]> Files { get; } = [];

    public FileServer Front { get; private set; } = null!;

    public FileServer Store { get; private set; } = null!;

    public static async Task<FakeHub> StartAsync()
    {
        var hub = new FakeHub();
        hub.Store = await FileServer.StartAsync(hub.AnswerFromStoreAsync);
        hub.Front = await FileServer.StartAsync(hub.AnswerAsync);
        return hub;
    }

    public void AddSmall(string name, string text) => Files[name] = Encoding.UTF8.GetBytes(text);

    public void AddLarge(string name, byte[] content)
    {
        Files[name] = content;
        _large.Add(name);
    }

    public static string GitHash(byte[] content) => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        await Store.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        string path = Uri.UnescapeDataString(context.Request.Path);
        if (path.StartsWith("/api/models/", StringComparison.Ordinal))
        {
            return path == $"/api/models/{Id}/revision/main" || path.EndsWith(Commit, StringComparison.Ordinal) || path.EndsWith("refs/pr/1", StringComparison.Ordinal)
                ? context.Response.WriteAsync($$"""{"id":"{{Id}}","sha":"{{Commit}}","gated":false,"siblings":[{{string.Join(',', Files.Keys.Select(name => $$"""{"rfilename":"{{name}}"}"""))}}]}""")
                : RefuseAsync(context, 404, path.Contains(Id, StringComparison.Ordinal) ? "RevisionNotFound" : "RepoNotFound");
        }

        string start = $"/{Id}/resolve/{Commit}/";
        string cache = $"/api/resolve-cache/models/{Id}/{Commit}/";
        string name = path.Replace(start, "", StringComparison.Ordinal).Replace(cache, "", StringComparison.Ordinal);
        if (!Files.TryGetValue(name, out byte[]? content))
        {
            return RefuseAsync(context, 404, "EntryNotFound");
        }

        context.Response.Headers["X-Repo-Commit"] = Commit;
        if (_large.Contains(name))
        {
            context.Response.Headers["X-Linked-Etag"] = $"\"{Sha256(content)}\"";
            context.Response.Headers["X-Linked-Size"] = $"{content.Length}";
            context.Response.Headers.ETag = "\"of-the-redirect\"";
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = $"{Store.Address}store/{name}?signature=of-the-store";
            return Task.CompletedTask;
        }

        if (path.StartsWith(start, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location = cache + name;
            return Task.CompletedTask;
        }

        return FileServer.SendAsync(context, content, $"W/\"{GitHash(content)}\"");
    }

    private Task AnswerFromStoreAsync(HttpContext context) =>
        FileServer.SendAsync(context, Files[context.Request.Path.Value!["/store/".Length..]], "\"of-the-store-3\"");

    public static Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["X-Error-Code"] = code;
        return Task.CompletedTask;
    }
}
