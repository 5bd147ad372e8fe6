using System.Security.Cryptography;
using Endpoints.Hub.Tests.Support;
using Endpoints.Hub.Transfer;
using Endpoints.Tests;

namespace Endpoints.Hub.Tests.Transfer;

/// <summary>One file from servers that are good, slow, broken and hostile.</summary>
public sealed class DownloadTests : IDisposable
{
    private const int Size = 500_000;

    private readonly TemporaryFolder _folder = new();
    private readonly HastyTime _time = new();
    private readonly Notes _notes = new();
    private readonly byte[] _content = Bytes(Size, 1);

    private string Target => _folder.File("data.zip");

    private string Partial => $"{Target}.incomplete";

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task DownloadAsync_GoodServer_WritesTheFileAndReportsIt()
    {
        await using FileServer server = await FileServer.OfAsync(_content);
        await DownloadAsync(server);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.False(File.Exists(Partial));
        Assert.Equal(("data.zip", (long)Size, (long?)Size), _notes.Reports.Last());
        Assert.Empty(_notes.Lines);
    }

    [Fact]
    public async Task DownloadAsync_PartIsThere_AsksForTheRestOnly()
    {
        await using FileServer server = await FileServer.OfAsync(_content);
        File.WriteAllBytes(Partial, _content[..200_000]);
        await DownloadAsync(server);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal("bytes=200000-", Assert.Single(server.Requests).Range);
        Assert.Equal(200_000, _notes.Reports.First().Done);
    }

    [Fact]
    public async Task DownloadAsync_ServerIgnoresRange_StartsAnew()
    {
        await using FileServer server = await FileServer.StartAsync(context => FileServer.SendAsync(context, _content, "\"one\"", knowsRanges: false));
        File.WriteAllBytes(Partial, _content[..200_000]);
        await DownloadAsync(server);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal("bytes=200000-", Assert.Single(server.Requests).Range);
    }

    [Fact]
    public async Task DownloadAsync_ServerAnswersAnotherRange_StartsAnew()
    {
        await using FileServer server = await FileServer.OfAsync(_content);
        server.Instead = async (context, number) =>
        {
            if (number == 1)
            {
                context.Request.Headers.Range = "bytes=7-";
                await FileServer.SendAsync(context, _content, "\"one\"");
            }

            return number == 1;
        };
        File.WriteAllBytes(Partial, _content[..200_000]);
        await DownloadAsync(server);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Null(server.Requests.Last().Range);
    }

    [Fact]
    public async Task DownloadAsync_ConnectionCutTwice_ContinuesWhereItEnded()
    {
        await using FileServer server = await FileServer.OfAsync(_content);
        server.Instead = async (context, number) =>
        {
            if (number <= 2)
            {
                await FileServer.CutAsync(context, _content, "\"one\"", after: 100_000);
            }

            return number <= 2;
        };
        await DownloadAsync(server);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal([null, "bytes=100000-", "bytes=200000-"], server.Requests.Select(request => request.Range));
        Assert.Contains("ended the connection before the end of the file", _notes.Lines.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_ServerGoesSilent_GivesUpAndContinues()
    {
        await using FileServer server = await FileServer.OfAsync(_content);
        server.Instead = async (context, number) =>
        {
            if (number == 1)
            {
                await FileServer.StallAsync(context, _content, "\"one\"", after: 100_000);
            }

            return number == 1;
        };
        bool isSilent = false;
        _notes.OnReport = done =>
        {
            if (done == 100_000 && !isSilent)
            {
                isSilent = true;
                _time.PassSilences(1);
            }
        };
        await DownloadAsync(server);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal("bytes=100000-", server.Requests.Last().Range);
        Assert.Contains("sent nothing for 1000 s", Assert.Single(_notes.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_ServerNeverAnswers_FailsAfterTheAttempts()
    {
        await using FileServer server = await FileServer.StartAsync(FileServer.SilenceAsync);
        _time.PassSilences(Patience.Options.Attempts);
        HubException failure = await Assert.ThrowsAsync<HubException>(() => DownloadAsync(server));
        Assert.Contains("did not answer within 1000 s, in 4 attempts", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_AlwaysCut_FailsOnlyOnceNothingIsGained_KeepsThePart()
    {
        // Each of the first 5 requests gains something. The fifth and the three that gain nothing after it are 4 failures in a row.
        await using FileServer server = await FileServer.StartAsync(_ => Task.CompletedTask);
        server.Instead = async (context, number) =>
        {
            await FileServer.CutAsync(context, _content, "\"one\"", after: number <= 5 ? 10_000 : 0);
            return true;
        };
        HubException failure = await Assert.ThrowsAsync<HubException>(() => DownloadAsync(server));
        Assert.Equal(8, server.Requests.Count);
        Assert.Equal(_content[..50_000], File.ReadAllBytes(Partial));
        Assert.False(File.Exists(Target));
        Assert.Contains($"kept in {Partial}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_TooManyRequests_WaitsAsLongAsAsked()
    {
        await using FileServer server = await FileServer.OfAsync(_content);
        server.Instead = (context, number) =>
        {
            context.Response.StatusCode = number == 1 ? 429 : 200;
            context.Response.Headers.RetryAfter = "17";
            return Task.FromResult(number == 1);
        };
        await DownloadAsync(server);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal(TimeSpan.FromSeconds(17), Assert.Single(_time.Pauses));
        Assert.Contains("answered 429 TooManyRequests; trying again in 17 s", Assert.Single(_notes.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_AskedToWaitForHours_SaysSoInsteadOfWaiting()
    {
        await using FileServer server = await FileServer.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            context.Response.Headers.RetryAfter = "7200";
            return Task.CompletedTask;
        });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => DownloadAsync(server));
        Assert.Contains("asks to wait 7200 s", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_time.Pauses);
    }

    [Fact]
    public async Task DownloadAsync_ServerErrors_BackOffTwiceAsLongEachTime()
    {
        await using FileServer server = await FileServer.OfAsync(_content);
        server.Instead = (context, number) =>
        {
            context.Response.StatusCode = number <= 3 ? 502 : 200;
            return Task.FromResult(number <= 3);
        };
        await DownloadAsync(server);
        Assert.Equal(3, _time.Pauses.Count);
        for (int i = 0; i < 3; i++)
        {
            Assert.InRange(_time.Pauses.ElementAt(i).TotalSeconds, 1 << i, (1 << i) * 1.25);
        }
    }

    [Theory]
    [InlineData(404, "404 NotFound")]
    [InlineData(403, "403 Forbidden")]
    public async Task DownloadAsync_Refused_FailsAtOnce(int status, string expected)
    {
        await using FileServer server = await FileServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => DownloadAsync(server));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task DownloadAsync_WrongContent_KeepsNothing()
    {
        byte[] other = Bytes(Size, 2);
        await using FileServer server = await FileServer.OfAsync(other);
        HubException failure = await Assert.ThrowsAsync<HubException>(() => DownloadAsync(server));
        Assert.Contains($"expected SHA-256 {Hash(_content)}, found {Hash(other)}", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        Assert.False(File.Exists(Target));
        Assert.False(File.Exists(Partial));
    }

    [Fact]
    public async Task DownloadAsync_PartOfAnotherFile_StartsAnewOnce()
    {
        await using FileServer server = await FileServer.OfAsync(_content);
        File.WriteAllBytes(Partial, Bytes(200_000, 3));
        await DownloadAsync(server);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal(["bytes=200000-", null], server.Requests.Select(request => request.Range));
        Assert.Contains("Starting it anew", Assert.Single(_notes.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_FileChangesBetweenAttempts_EndsWithTheRightOne()
    {
        // The first answer is of an older file and is cut; the rest that follows belongs to the right one.
        await using FileServer server = await FileServer.OfAsync(_content);
        server.Instead = async (context, number) =>
        {
            if (number == 1)
            {
                await FileServer.CutAsync(context, Bytes(Size, 4), "\"old\"", after: 100_000);
            }

            return number == 1;
        };
        File.WriteAllBytes(Partial, _content[..10]);
        await DownloadAsync(server);
        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task DownloadAsync_WholePartIsThere_AsksNothing()
    {
        await using FileServer server = await FileServer.OfAsync(_content);
        File.WriteAllBytes(Partial, _content);
        await DownloadAsync(server);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(Size - 1)]
    [InlineData(Size + 1)]
    public async Task DownloadAsync_OtherSizeOffered_FailsBeforeReadingIt(int offered)
    {
        await using FileServer server = await FileServer.OfAsync(Bytes(offered, 1));
        HubException failure = await Assert.ThrowsAsync<HubException>(() => DownloadAsync(server));
        Assert.Contains($"it has {offered} bytes instead of {Size}", failure.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Partial));
    }

    [Fact]
    public async Task DownloadAsync_EndlessBody_IsCutOff()
    {
        await using FileServer server = await FileServer.StartAsync(async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(_content, context.RequestAborted);
            }
        });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => DownloadAsync(server));
        Assert.Contains($"sends more than the {Size} bytes expected", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_RedirectsInACircle_Fails()
    {
        await using FileServer server = await FileServer.StartAsync(context =>
        {
            context.Response.Redirect("/again");
            return Task.CompletedTask;
        });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => DownloadAsync(server));
        Assert.Contains("redirects more than 10 times", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_NobodyListens_FailsWithTheAddress()
    {
        Uri address;
        await using (FileServer server = await FileServer.OfAsync(_content))
        {
            address = server.Address;
        }

        HubException failure = await Assert.ThrowsAsync<HubException>(() => DownloadAsync(address));
        Assert.Contains($"{address}data.zip cannot be reached", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_SignedAddress_IsNotShown()
    {
        await using FileServer server = await FileServer.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Query.ContainsKey("signature") ? 403 : 302;
            context.Response.Headers.Location = "/elsewhere?signature=secret";
            return Task.CompletedTask;
        });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => DownloadAsync(server));
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_TwoAtOnce_OneWaitsAndFindsTheFile()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FileServer server = await FileServer.StartAsync(async context =>
        {
            arrived.TrySetResult();
            await go.Task;
            await FileServer.SendAsync(context, _content, "\"one\"");
        });
        Task first = Task.Run(() => DownloadAsync(server));
        await arrived.Task;
        var waiting = new Notes();
        Task second = Task.Run(() => DownloadAsync(server.Address, waiting));
        await waiting.First;
        go.SetResult();
        await Task.WhenAll(first, second);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Single(server.Requests);
        Assert.Contains("Another process is downloading data.zip", Assert.Single(waiting.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_Cancelled_KeepsThePart()
    {
        using var stop = new CancellationTokenSource();
        await using FileServer server = await FileServer.StartAsync(context => FileServer.StallAsync(context, _content, "\"one\"", after: 100_000));
        _notes.OnReport = done =>
        {
            if (done >= 100_000)
            {
                stop.Cancel();
            }
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DownloadAsync(server.Address, _notes, stop.Token));
        Assert.Equal(_content[..100_000], File.ReadAllBytes(Partial));
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task DownloadAsync_DiskFull_SaysSo()
    {
        if (!File.Exists("/dev/full"))
        {
            return; // Only Linux has a device that is always full.
        }

        await using FileServer server = await FileServer.OfAsync(_content);
        File.CreateSymbolicLink(Partial, "/dev/full");
        HubException failure = await Assert.ThrowsAsync<HubException>(() => DownloadAsync(server));
        Assert.Contains($"The disk of {_folder.Path} is full", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DownloadAsync_Offline_AsksNothing()
    {
        await using FileServer server = await FileServer.OfAsync(_content);
        using var client = new HubClient(new HubSettings { CacheFolder = _folder.Path, IsOffline = true });
        HubException failure = await Assert.ThrowsAsync<HubException>(() => client.DownloadAsync(server.Address, Target, Size, Hash(_content), _notes, CancellationToken.None));
        Assert.Contains("HF_HUB_OFFLINE is set", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    private Task DownloadAsync(FileServer server) => DownloadAsync(server.Address);

    private async Task DownloadAsync(Uri server, ITransferProgress? progress = null, CancellationToken cancellationToken = default)
    {
        using var client = new HubClient(new HubSettings { CacheFolder = _folder.Path }, Patience.Options, _time);
        await client.DownloadAsync(new Uri(server, "data.zip"), Target, Size, Hash(_content), progress ?? _notes, cancellationToken);
    }

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
