using System.Net;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Batching;

public sealed class CancellationTests
{
    [Fact]
    public async Task ClientResetsWhileQueued_LeavesAtOnceAndIsNeverComputed()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Engine.Hold();
        Task<HttpResponseMessage> first = host.PostAsync(TestHost.Body(word: 10));
        await host.Engine.BatchStarted();
        using var client = new RawClient(host.Address);
        await client.PostAsync(TestHost.Body(word: 20));
        await TestHost.Until(() => host.Endpoint().Load.QueuedRows == 1);

        client.Abort();

        // The lane is still held: leaving does not wait for it.
        await TestHost.Until(() => host.Endpoint().Load.QueuedRows == 0);
        Assert.Equal((1, 0L), (host.Endpoint().Load.Rows, host.Endpoint().Load.Waiting().Tokens));
        Assert.Equal(1, await CancelledAsync(host));
        Task<HttpResponseMessage> last = (await host.QueueAsync("base", TestHost.Body(word: 30)))[0];
        host.Engine.Release();
        await Task.WhenAll(first, last);
        Assert.Equal([10, 30], host.Engine.Batches.Select(batch => batch.FirstWords.Single()));
    }

    [Fact]
    public async Task ClientResetsWhileComputed_IsCountedAndHarmsNobody()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Engine.Hold();
        using var client = new RawClient(host.Address);
        await client.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        client.Abort();
        Assert.Equal(1, await CancelledAsync(host));
        host.Engine.Release();

        using HttpResponseMessage next = await host.PostAsync(TestHost.Body());
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Equal(0, host.Endpoint().Load.Rows);
    }

    [Fact]
    public async Task RequestPartlyComputed_ClientResets_TheRestIsNotComputed()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Defaults:MaxBatchRows", "2"));
        host.Engine.Hold();
        using var client = new RawClient(host.Address);
        await client.PostAsync(TestHost.Many(6, 6, 6, 6, 6));
        await host.Engine.BatchStarted();
        Assert.Equal(3, host.Endpoint().Load.QueuedRows);

        client.Abort();
        await TestHost.Until(() => host.Endpoint().Load.QueuedRows == 0);
        host.Engine.Release();

        await TestHost.Until(() => host.Endpoint().Load.Rows == 0);
        Assert.Equal(2, Assert.Single(host.Engine.Batches).RowLengths.Length);
        Assert.Equal(0, host.Endpoint().Load.Waiting().Tokens);
    }

    [Fact]
    public async Task QueueFullOfTheDeparted_NewRequests_AreTaken()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Defaults:MaxConcurrency", "4"), ("Endpoints:Server:MaxPairs", "4"));
        host.Engine.Hold();
        Task<HttpResponseMessage> first = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        // More of them come and go than the queue has places, and no lane clears up behind them.
        for (int i = 0; i < 10; i++)
        {
            using var client = new RawClient(host.Address);
            await client.PostAsync(TestHost.Body(word: 99));
            await TestHost.Until(() => host.Endpoint().Load.QueuedRows == 1);
            client.Abort();
            await TestHost.Until(() => host.Endpoint().Load.QueuedRows == 0);
        }

        Task<HttpResponseMessage>[] live = await host.QueueAsync("base", TestHost.Body(word: 1), TestHost.Body(word: 2), TestHost.Body(word: 3));
        host.Engine.Release();

        Assert.All(await Task.WhenAll([first, .. live]), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal([1, 2, 3], host.Engine.Batches.Last().FirstWords);
    }

    private static async Task<double> CancelledAsync(TestHost host)
    {
        const string Series = """endpoints_requests_total{endpoint="base",outcome="cancelled"}""";
        double cancelled = 0;
        using var patience = new CancellationTokenSource(TestHost.Patience);
        while (cancelled == 0)
        {
            Assert.False(patience.IsCancellationRequested, "Nothing was ever counted as cancelled.");
            cancelled = (await Scrape.OfAsync(host))[Series];
        }

        return cancelled;
    }
}
