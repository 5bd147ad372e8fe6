using Endpoints.Hub.Tests.Support;
using Endpoints.Tests;

namespace Endpoints.Hub.Tests;

/// <summary>A repository into the cache, from a hub that redirects large files to another host.</summary>
public sealed class HubClientTests : IAsyncLifetime
{
    private const string Token = "hf_verysecret";
    private static readonly RepositoryId Id = RepositoryId.Parse(FakeHub.Id);

    private readonly TemporaryFolder _folder = new();
    private readonly Notes _notes = new();
    private FakeHub _hub = null!;

    private string Repository => _folder.File("models--acme--tiny-bert");

    public async Task InitializeAsync()
    {
        _hub = await FakeHub.StartAsync();
        _hub.AddSmall("config.json", "{\"model_type\":\"bert\"}");
        byte[] weights = new byte[300_000];
        new Random(1).NextBytes(weights);
        _hub.AddLarge("model.safetensors", weights);
    }

    public async Task DisposeAsync()
    {
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task FetchAsync_NewRepository_HasTheHubsLayout()
    {
        string folder = await FetchAsync();
        Assert.Equal(Path.Combine(Repository, "snapshots", FakeHub.Commit), folder);
        foreach ((string name, byte[] content) in _hub.Files)
        {
            string hash = name == "config.json" ? FakeHub.GitHash(content) : FakeHub.Sha256(content);
            var pointer = new FileInfo(Path.Combine(folder, name));
            Assert.Equal(Path.Combine("..", "..", "blobs", hash), pointer.LinkTarget);
            Assert.Equal(content, File.ReadAllBytes(pointer.FullName));
            Assert.Equal(content, File.ReadAllBytes(Path.Combine(Repository, "blobs", hash)));
            Assert.True(File.Exists(_folder.File($".locks/models--acme--tiny-bert/{hash}.lock")));
        }

        Assert.Equal(FakeHub.Commit, File.ReadAllText(Path.Combine(Repository, "refs", "main")));
        Assert.Equal(2, Directory.GetFiles(Path.Combine(Repository, "blobs")).Length);
    }

    [Fact]
    public async Task FetchAsync_Again_DownloadsNothing()
    {
        await FetchAsync();
        _hub.Front.Requests.Clear();
        await FetchAsync();
        Assert.Equal($"/api/models/{FakeHub.Id}/revision/main", Assert.Single(_hub.Front.Requests).Path);
    }

    [Fact]
    public async Task FetchAsync_BlobIsThereFromAnotherCommit_OnlyLinksIt()
    {
        byte[] content = _hub.Files["model.safetensors"];
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        File.WriteAllBytes(Path.Combine(Repository, "blobs", FakeHub.Sha256(content)), content);
        string folder = await FetchAsync();
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Empty(_hub.Store.Requests);
    }

    [Fact]
    public async Task FetchAsync_PartFromAnotherClient_IsContinued()
    {
        byte[] content = _hub.Files["model.safetensors"];
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        File.WriteAllBytes(Path.Combine(Repository, "blobs", $"{FakeHub.Sha256(content)}.incomplete"), content[..120_000]);
        string folder = await FetchAsync();
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Equal("bytes=120000-", Assert.Single(_hub.Store.Requests).Range);
    }

    [Fact]
    public async Task FetchAsync_WithToken_SendsItToTheHubOnly()
    {
        await FetchAsync(token: Token);
        Assert.NotEmpty(_hub.Front.Requests);
        Assert.All(_hub.Front.Requests, request => Assert.Equal($"Bearer {Token}", request.Authorization));
        Assert.Null(Assert.Single(_hub.Store.Requests).Authorization);
    }

    [Fact]
    public async Task FetchAsync_StoreServesOtherBytes_KeepsNothing()
    {
        byte[] other = new byte[300_000];
        _hub.Store.Instead = async (context, _) =>
        {
            await FileServer.SendAsync(context, other, "\"x\"");
            return true;
        };
        HubException failure = await Assert.ThrowsAsync<HubException>(() => FetchAsync());
        Assert.Contains($"expected SHA-256 {FakeHub.Sha256(_hub.Files["model.safetensors"])}, found {FakeHub.Sha256(other)}", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Repository, "snapshots", FakeHub.Commit, "model.safetensors")));
        Assert.False(File.Exists(Path.Combine(Repository, "refs", "main")));
        Assert.DoesNotContain("of-the-store", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_SmallFileHasOtherBytes_FailsByItsGitHash()
    {
        _hub.Front.Instead = async (context, _) =>
        {
            bool isFile = context.Request.Method == "GET" && context.Request.Path.Value!.StartsWith("/api/resolve-cache", StringComparison.Ordinal);
            if (isFile)
            {
                await FileServer.SendAsync(context, new byte[_hub.Files["config.json"].Length], "\"x\"");
            }

            return isFile;
        };
        HubException failure = await Assert.ThrowsAsync<HubException>(() => FetchAsync());
        Assert.Contains($"expected Git blob {FakeHub.GitHash(_hub.Files["config.json"])}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_FileChangesBetweenPulls_GetsTheNewOneBesideTheOldPart()
    {
        byte[] old = new byte[250_000];
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        string part = Path.Combine(Repository, "blobs", $"{FakeHub.Sha256(old)}.incomplete");
        File.WriteAllBytes(part, old[..1000]);
        string folder = await FetchAsync();
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Assert.Null(Assert.Single(_hub.Store.Requests).Range);
        Assert.True(File.Exists(part));
    }

    [Fact]
    public async Task FetchAsync_EmptyFile_IsOne()
    {
        _hub.AddSmall("added_tokens.json", "");
        string folder = await FetchAsync();
        Assert.Empty(File.ReadAllBytes(Path.Combine(folder, "added_tokens.json")));
    }

    [Fact]
    public async Task FetchAsync_TagOfAnotherServer_ContinuesOnlyTheSameFile()
    {
        // No hash to check the whole by: If-Range makes the server send all of a file that changed.
        byte[] content = _hub.Files["model.safetensors"];
        _hub.Files.Remove("config.json");
        _hub.Front.Instead = async (context, _) =>
        {
            bool isFile = context.Request.Path.Value!.Contains("resolve", StringComparison.Ordinal);
            if (isFile)
            {
                await FileServer.SendAsync(context, content, "\"v2-17\"");
            }

            return isFile;
        };
        Directory.CreateDirectory(Path.Combine(Repository, "blobs"));
        File.WriteAllBytes(Path.Combine(Repository, "blobs", "v2-17.incomplete"), content[..100]);
        string folder = await FetchAsync();
        Assert.Equal(content, File.ReadAllBytes(Path.Combine(folder, "model.safetensors")));
        Seen get = Assert.Single(_hub.Front.Requests, request => request.Range is not null);
        Assert.Equal("bytes=100-", get.Range);
        Assert.Equal("\"v2-17\"", get.IfRange);
    }

    [Theory]
    [InlineData("\"../../../evil\"")]
    [InlineData("\".hidden\"")]
    [InlineData("\"a/b\"")]
    [InlineData(null)]
    public async Task FetchAsync_TagThatCannotNameAFile_IsRefused(string? tag)
    {
        _hub.Front.Instead = (context, _) =>
        {
            bool isHead = context.Request.Method == "HEAD";
            if (isHead && tag is not null)
            {
                context.Response.Headers["X-Linked-Etag"] = tag;
            }

            return Task.FromResult(isHead);
        };
        HubException failure = await Assert.ThrowsAsync<HubException>(() => FetchAsync());
        Assert.Contains("ETag", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Repository, "blobs")));
    }

    [Theory]
    [InlineData("../../evil")]
    [InlineData("/etc/evil")]
    [InlineData("C:/evil")]
    public async Task FetchAsync_FileOutsideOfTheRepository_IsRefused(string name)
    {
        using HubClient client = Client();
        RepositorySnapshot snapshot = await client.OpenAsync(Id, "main", _notes, CancellationToken.None);
        HubException failure = await Assert.ThrowsAsync<HubException>(() => client.FetchAsync(snapshot, [name], _notes, CancellationToken.None));
        Assert.Contains("expected a path inside the repository", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "GatedRepo", null, "accept its terms at http://127.0.0.1")]
    [InlineData(403, "GatedRepo", Token, "the token that was sent does not do")]
    [InlineData(401, "RepoNotFound", null, "set HF_TOKEN if it is private or gated")]
    [InlineData(401, "", Token, "that the token is valid")]
    [InlineData(403, "", null, "forbids reading acme/tiny-bert")]
    [InlineData(404, "RepoNotFound", null, "has no model acme/tiny-bert with a revision 'main'")]
    [InlineData(404, "RevisionNotFound", null, "has no revision 'main'")]
    public async Task OpenAsync_Refused_SaysWhatToDo(int status, string code, string? token, string expected)
    {
        _hub.Front.Instead = async (context, _) =>
        {
            await FakeHub.RefuseAsync(context, status, code);
            return true;
        };
        HubException failure = await Assert.ThrowsAsync<HubException>(() => FetchAsync(token: token));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, failure.ToString(), StringComparison.Ordinal);
        Assert.Single(_hub.Front.Requests);
    }

    [Fact]
    public async Task FetchAsync_FileGoneOrForbidden_NamesIt()
    {
        using HubClient client = Client();
        RepositorySnapshot snapshot = await client.OpenAsync(Id, "main", _notes, CancellationToken.None);
        HubException failure = await Assert.ThrowsAsync<HubException>(() => client.FetchAsync(snapshot, ["vocab.txt"], _notes, CancellationToken.None));
        Assert.Contains("has no file vocab.txt at main", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>please log in</html>", "expected JSON")]
    [InlineData("{\"sha\":\"../evil\",\"siblings\":[]}", "without its commit")]
    [InlineData("{}", "without its commit")]
    public async Task OpenAsync_NotAHub_SaysSo(string answer, string expected)
    {
        await using FileServer server = await FileServer.StartAsync(context => FileServer.SendAsync(context, System.Text.Encoding.UTF8.GetBytes(answer), null));
        using var client = new HubClient(new HubSettings { CacheFolder = _folder.Path, Endpoint = server.Address }, Patience.Options, new HastyTime());
        HubException failure = await Assert.ThrowsAsync<HubException>(() => client.OpenAsync(Id, "main", _notes, CancellationToken.None));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_HubIsBusy_TriesAgain()
    {
        _hub.Front.Instead = (context, number) =>
        {
            context.Response.StatusCode = number == 1 ? 503 : 200;
            return Task.FromResult(number == 1);
        };
        await FetchAsync();
        Assert.Contains("answered 503", Assert.Single(_notes.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_RevisionWithSlashes_IsEscapedAndRemembered()
    {
        await FetchAsync("refs/pr/1");
        Assert.Equal(FakeHub.Commit, File.ReadAllText(Path.Combine(Repository, "refs", "refs", "pr", "1")));
        Assert.NotNull(HubClient.FindCached(Settings(), Id, "refs/pr/1"));
    }

    [Theory]
    [InlineData("../main")]
    [InlineData("/main")]
    [InlineData("a b")]
    [InlineData("")]
    public async Task OpenAsync_NoRevision_IsRefused(string revision)
    {
        using HubClient client = Client();
        await Assert.ThrowsAsync<FormatException>(() => client.OpenAsync(Id, revision, _notes, CancellationToken.None));
        Assert.Empty(_hub.Front.Requests);
    }

    [Fact]
    public async Task FetchAsync_OfflineAfterPull_UsesTheCache()
    {
        await FetchAsync();
        _hub.Front.Requests.Clear();
        string folder = await FetchAsync(offline: true);
        Assert.Equal(_hub.Files["config.json"], File.ReadAllBytes(Path.Combine(folder, "config.json")));
        Assert.Empty(_hub.Front.Requests);
    }

    [Fact]
    public async Task FetchAsync_OfflineWithoutCache_NamesWhatIsMissing()
    {
        HubException nothing = await Assert.ThrowsAsync<HubException>(() => FetchAsync(offline: true));
        Assert.Contains("has nothing of acme/tiny-bert at main", nothing.Message, StringComparison.Ordinal);
        await FetchAsync();
        using HubClient client = Client(offline: true);
        RepositorySnapshot snapshot = await client.OpenAsync(Id, "main", _notes, CancellationToken.None);
        Assert.Equal(["config.json", "model.safetensors"], snapshot.Files);
        HubException missing = await Assert.ThrowsAsync<HubException>(() => client.FetchAsync(snapshot, ["vocab.txt"], _notes, CancellationToken.None));
        Assert.Contains("has no vocab.txt of acme/tiny-bert at main", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindCached_BlobRemoved_DoesNotListIt()
    {
        await FetchAsync();
        File.Delete(Path.Combine(Repository, "blobs", FakeHub.Sha256(_hub.Files["model.safetensors"])));
        Assert.Equal(["config.json"], HubClient.FindCached(Settings(), Id)!.Files);
        Assert.NotNull(HubClient.FindCached(Settings(), Id, FakeHub.Commit));
        Assert.Null(HubClient.FindCached(Settings(), Id, "dev"));
    }

    private async Task<string> FetchAsync(string revision = "main", string? token = null, bool offline = false)
    {
        using HubClient client = Client(token, offline);
        RepositorySnapshot snapshot = await client.OpenAsync(Id, revision, _notes, CancellationToken.None);
        return await client.FetchAsync(snapshot, snapshot.Files, _notes, CancellationToken.None);
    }

    private HubClient Client(string? token = null, bool offline = false) => new(Settings(token, offline), Patience.Options, new HastyTime());

    private HubSettings Settings(string? token = null, bool offline = false) => new() { CacheFolder = _folder.Path, Endpoint = _hub.Front.Address, Token = token, IsOffline = offline };
}
