using System.Net;
using System.Net.Http.Headers;

namespace Endpoints.Hub.Transfer;

/// <summary>Downloads one file: continues what an earlier attempt left, tries again what may pass, and publishes nothing that is not verified.</summary>
internal sealed class Downloader(HttpTransport transport, TransferOptions options, TimeProvider time)
{
    private const int ChunkBytes = 1 << 17;

    /// <exception cref="HubException">It cannot be had, or is not what it should be.</exception>
    public async Task DownloadAsync(Download file, ITransferProgress progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file.Destination)!);
        using FileLock held = await FileLock.TakeAsync(file.LockFile, file.Name, time, progress, cancellationToken).ConfigureAwait(false);
        if (File.Exists(file.Destination))
        {
            return; // Another process was faster.
        }

        var partial = new PartialFile(file.Destination);
        for (bool resumed = partial.Length > 0; ; resumed = false)
        {
            await CompleteAsync(file, partial, progress, cancellationToken).ConfigureAwait(false);
            if (await WrongAsync(file, partial, cancellationToken).ConfigureAwait(false) is not { } wrong)
            {
                partial.Publish();
                return;
            }

            // What is wrong must not be continued. If the wrong part came from an earlier attempt, the whole file may still be right.
            partial.Delete();
            if (!resumed)
            {
                throw new HubException($"{HttpTransport.Display(file.Source)} is not the file expected: {wrong}; nothing was kept, so try again, or ask its publisher if it changed.");
            }

            progress.Note($"{file.Name}, continued from an earlier attempt, is wrong: {wrong}. Starting it anew.");
        }
    }

    /// <summary>Requests and appends until the server has sent all.</summary>
    private async Task CompleteAsync(Download file, PartialFile partial, ITransferProgress progress, CancellationToken cancellationToken)
    {
        var retry = new Retry(options, time, progress);
        long most = partial.Length;
        while (!partial.Has(file.Size))
        {
            try
            {
                await AppendAsync(file, partial, progress, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (TransientException failure)
            {
                if (partial.Length > most)
                {
                    most = partial.Length;
                    retry.Reset();
                }

                await retry.WaitAsync(failure, partial.Kept, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>One request, from where the part ends.</summary>
    private async Task AppendAsync(Download file, PartialFile partial, ITransferProgress progress, CancellationToken cancellationToken)
    {
        long have = partial.Length;
        using HttpResponseMessage response = await transport.SendAsync(HttpMethod.Get, file.Source, request => AskFrom(request, have, file), leaveHost: true, cancellationToken).ConfigureAwait(false);
        long? total = Accept(response, file, partial, ref have);
        if (file.Size is { } size && total is { } offered && offered != size)
        {
            throw new HubException($"{HttpTransport.Display(file.Source)} is not the file expected: it has {offered} bytes instead of {size}.");
        }

        partial.RequireRoom(total, file.Name);
        progress.Report(file.Name, have, total);
        await CopyAsync(response, file, partial, have, total, progress, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Without a hash, a changed file could be continued unnoticed: the server is told to send all of it then.</summary>
    private static void AskFrom(HttpRequestMessage request, long have, Download file)
    {
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            if (file.Hash is null && file.EntityTag is { } tag)
            {
                request.Headers.IfRange = new RangeConditionHeaderValue($"\"{tag}\"");
            }
        }
    }

    /// <summary>Makes the part end where the answer begins. Returns the whole file's bytes where the answer says them.</summary>
    private static long? Accept(HttpResponseMessage response, Download file, PartialFile partial, ref long have)
    {
        ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                // The whole file, be it that the server knows no ranges or that the file changed.
                if (have > 0)
                {
                    partial.Delete();
                    have = 0;
                }

                return response.Content.Headers.ContentLength;
            case HttpStatusCode.PartialContent when range?.From == have:
                return range.Length;
            case HttpStatusCode.PartialContent:
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                partial.Delete();
                throw new TransientException($"{HttpTransport.Display(file.Source)} cannot continue at byte {have}");
            default:
                throw new HubException(
                    $"{HttpTransport.Display(file.Source)} answered {(int)response.StatusCode} {response.StatusCode}: expected the file {file.Name} there.{partial.Kept}");
        }
    }

    private async Task CopyAsync(HttpResponseMessage response, Download file, PartialFile partial, long have, long? total, ITransferProgress progress, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(options.StallTimeout, time, cancellationToken);
        using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        byte[] chunk = new byte[ChunkBytes];
        try
        {
            using FileStream target = partial.OpenToAppend();
            while (await ReadAsync(body, chunk, deadline, file).ConfigureAwait(false) is > 0 and int read)
            {
                have += read;
                if (have > (total ?? file.Size ?? long.MaxValue))
                {
                    throw new HubException($"{HttpTransport.Display(file.Source)} sends more than the {total ?? file.Size} bytes expected.");
                }

                await target.WriteAsync(chunk.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                progress.Report(file.Name, have, total);
                deadline.Extend();
            }
        }
        catch (IOException exception)
        {
            throw partial.WriteFailure(exception, file.Name);
        }
    }

    /// <summary>Reads what comes next. Its failures are the network's; those of the disk must not be tried again.</summary>
    private async Task<int> ReadAsync(Stream body, byte[] chunk, Deadline deadline, Download file)
    {
        try
        {
            return await body.ReadAsync(chunk, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (deadline.Passed)
        {
            throw new TransientException($"{HttpTransport.Display(file.Source)} sent nothing for {options.StallTimeout.TotalSeconds:0.###} s", inner: exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new TransientException($"{HttpTransport.Display(file.Source)} ended the connection before the end of the file", inner: exception);
        }
    }

    /// <summary>What is wrong with the complete part; null if nothing is.</summary>
    private static async Task<string?> WrongAsync(Download file, PartialFile partial, CancellationToken cancellationToken)
    {
        if (file.Size is { } size && partial.Length != size)
        {
            return $"expected {size} bytes, found {partial.Length}";
        }

        if (file.Hash is not { } hash)
        {
            return null;
        }

        string found = await hash.ComputeAsync(partial.FilePath, cancellationToken).ConfigureAwait(false);
        return found == hash.Hex ? null : $"expected {hash}, found {found}";
    }
}
