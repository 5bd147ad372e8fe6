using System.Net;
using System.Text.Json;
using Endpoints.Hub.Archives;
using Endpoints.Hub.Cache;
using Endpoints.Hub.Transfer;

namespace Endpoints.Hub;

/// <summary>
/// Brings files here: a repository's into the hub's cache, any others to a path. What was interrupted goes on where it ended; nothing appears under its
/// final name before its size and hash are right.
/// </summary>
public sealed class HubClient : IDisposable
{
    private readonly HubSettings _settings;
    private readonly TransferOptions _options;
    private readonly TimeProvider _time;
    private readonly HubCache _cache;
    private readonly HttpTransport _transport;
    private readonly Downloader _downloader;

    /// <summary>Makes one; it connects to nothing yet.</summary>
    public HubClient(HubSettings settings, TransferOptions? options = null, TimeProvider? time = null)
    {
        _settings = settings;
        _options = options ?? new TransferOptions();
        _time = time ?? TimeProvider.System;
        _cache = new HubCache(settings.CacheFolder);
        _transport = new HttpTransport(settings, _options, _time);
        _downloader = new Downloader(_transport, _options, _time);
    }

    /// <summary>What the cache has of a repository, without the network; null where it has nothing of that revision.</summary>
    /// <param name="settings">Names the cache.</param>
    /// <param name="id">The repository.</param>
    /// <param name="revision">A branch, a tag or a commit.</param>
    public static RepositorySnapshot? FindCached(HubSettings settings, RepositoryId id, string revision = "main") => new HubCache(settings.CacheFolder).Find(id, Checked(revision));

    /// <summary>Asks the hub what a repository holds; offline, the cache.</summary>
    /// <exception cref="FormatException">The revision can be none.</exception>
    /// <exception cref="HubException">There is no such repository or revision, it may not be read, or the hub cannot be reached.</exception>
    public async Task<RepositorySnapshot> OpenAsync(RepositoryId id, string revision, ITransferProgress progress, CancellationToken cancellationToken)
    {
        Checked(revision);
        if (_settings.IsOffline)
        {
            return _cache.Find(id, revision)
                ?? throw new HubException($"HF_HUB_OFFLINE is set and the cache {_settings.CacheFolder} has nothing of {id} at {revision}: unset it to download.");
        }

        RepositoryAnswer answer = await Retry.RunAsync(() => AskAsync(id, revision, cancellationToken), _options, _time, progress, cancellationToken).ConfigureAwait(false);
        if (answer.Sha is not { } commit || !HubCache.IsCommit(commit) || answer.Siblings is not { } siblings)
        {
            throw new HubException($"{HttpTransport.Display(_settings.Endpoint)} described {id} without its commit or its files: expected a hub's answer, is HF_ENDPOINT right?");
        }

        return new RepositorySnapshot(id, revision, commit, _cache.SnapshotFolder(id, commit), [.. siblings.Select(file => file.Rfilename).OfType<string>()], IsFromCache: false);
    }

    /// <summary>Brings files of a repository into the cache, those that are not there yet, and then remembers what the revision is.</summary>
    /// <returns>The snapshot's folder.</returns>
    /// <exception cref="HubException">A file cannot be had, or is not what the hub said it is.</exception>
    public async Task<string> FetchAsync(RepositorySnapshot snapshot, IEnumerable<string> files, ITransferProgress progress, CancellationToken cancellationToken)
    {
        foreach (string file in files)
        {
            string pointer = EntryPath.Resolve(snapshot.Folder, file) ?? throw new HubException($"{snapshot.Id} names a file '{file}': expected a path inside the repository.");
            if (HubCache.Holds(pointer))
            {
                continue;
            }

            if (_settings.IsOffline)
            {
                throw new HubException($"HF_HUB_OFFLINE is set and the cache has no {file} of {snapshot.Id} at {snapshot.Revision}: unset it to download.");
            }

            await FetchAsync(snapshot, file, pointer, progress, cancellationToken).ConfigureAwait(false);
        }

        if (!_settings.IsOffline)
        {
            _cache.Remember(snapshot);
        }

        return snapshot.Folder;
    }

    /// <summary>Downloads a file that is on no hub. Where the destination exists already, nothing is done: it appears only once verified.</summary>
    /// <param name="source">Its address.</param>
    /// <param name="destination">Its path; an interrupted download leaves <c>.incomplete</c> beside it and goes on from there.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="sha256">Its SHA-256, 64 lower-case hexadecimal digits.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="HubException">It cannot be had, or is another file.</exception>
    public async Task DownloadAsync(Uri source, string destination, long size, string sha256, ITransferProgress progress, CancellationToken cancellationToken)
    {
        string path = Path.GetFullPath(destination);
        if (_settings.IsOffline && !File.Exists(path))
        {
            throw new HubException($"HF_HUB_OFFLINE is set: unset it to download {HttpTransport.Display(source)}.");
        }

        var file = new Download(Path.GetFileName(path), source, path, $"{path}.lock", size, ContentHash.Sha256(sha256), EntityTag: null);
        await _downloader.DownloadAsync(file, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    private async Task FetchAsync(RepositorySnapshot snapshot, string file, string pointer, ITransferProgress progress, CancellationToken cancellationToken)
    {
        Uri source = Address($"{snapshot.Id}/resolve/{snapshot.Commit}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");
        (string tag, long? size) = await Retry.RunAsync(() => DescribeAsync(snapshot, file, source, cancellationToken), _options, _time, progress, cancellationToken).ConfigureAwait(false);
        string blob = _cache.BlobPath(snapshot.Id, tag);
        await _downloader.DownloadAsync(
            new Download(file, source, blob, _cache.LockPath(snapshot.Id, tag), size, ContentHash.OfEntityTag(tag), tag), progress, cancellationToken).ConfigureAwait(false);
        HubCache.Link(blob, pointer);
    }

    private async Task<RepositoryAnswer> AskAsync(RepositoryId id, string revision, CancellationToken cancellationToken)
    {
        Uri address = Address($"api/models/{id}/revision/{Uri.EscapeDataString(revision)}");
        using HttpResponseMessage response = await _transport.SendAsync(HttpMethod.Get, address, prepare: null, leaveHost: true, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Refusals.Of(response, _settings, id, revision, file: null);
        }

        using var deadline = new Deadline(_options.StallTimeout, _time, cancellationToken);
        try
        {
            using Stream body = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
            return await JsonSerializer.DeserializeAsync(body, HubJson.Default.RepositoryAnswer, deadline.Token).ConfigureAwait(false) ?? new RepositoryAnswer(null, null);
        }
        catch (JsonException exception)
        {
            throw new HubException($"{HttpTransport.Display(address)} answered no description of a repository: expected JSON, is HF_ENDPOINT right?", exception);
        }
        catch (Exception exception) when ((exception is OperationCanceledException && deadline.Passed) || exception is IOException or HttpRequestException)
        {
            throw new TransientException($"{HttpTransport.Display(address)} stopped in the middle of its answer", inner: exception);
        }
    }

    /// <summary>A file's entity tag and size. Those of a large file are in the hub's own answer, which redirects to where the bytes are.</summary>
    private async Task<(string Tag, long? Size)> DescribeAsync(RepositorySnapshot snapshot, string file, Uri source, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _transport.SendAsync(HttpMethod.Head, source, prepare: null, leaveHost: false, cancellationToken).ConfigureAwait(false);
        bool isRedirect = (int)response.StatusCode is >= 300 and < 400;
        if (!isRedirect && response.StatusCode != HttpStatusCode.OK)
        {
            throw Refusals.Of(response, _settings, snapshot.Id, snapshot.Revision, file);
        }

        string? tag = Header(response, "X-Linked-Etag") ?? Header(response, "ETag");
        tag = tag?.StartsWith("W/", StringComparison.Ordinal) == true ? tag[2..] : tag;
        tag = tag?.Trim('"');
        if (tag is null || !HubCache.IsFileName(tag))
        {
            throw new HubException($"{HttpTransport.Display(source)} was answered {(tag is null ? "without an ETag" : "with an ETag that can name no file")}: expected a hub's, is HF_ENDPOINT right?");
        }

        return (tag, long.TryParse(Header(response, "X-Linked-Size"), out long size) ? size : isRedirect ? null : response.Content.Headers.ContentLength);
    }

    private Uri Address(string path) => new($"{_settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static string Checked(string revision) => HubCache.IsRevision(revision)
        ? revision
        : throw new FormatException($"'{revision}' is no revision: expected a branch, a tag or a commit, for example main.");
}
