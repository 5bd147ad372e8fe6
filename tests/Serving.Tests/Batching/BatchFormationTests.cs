using System.Net;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Batching;

public sealed class BatchFormationTests
{
    [Fact]
    public async Task Idle_OneRequest_RunsAloneWithoutAnyTimePassing()
    {
        await using TestHost host = await TestHost.StartAsync(new FakeEngine(), new ManualTimeProvider());
        host.Engine.Batches.Clear();

        using HttpResponseMessage response = await host.PostAsync(TestHost.Body(6));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([6], Assert.Single(host.Engine.Batches).RowLengths);
    }

    [Fact]
    public async Task Busy_WhatWaits_IsTheNextBatchInOrder()
    {
        await using TestHost host = await TestHost.StartAsync();
        host.Engine.Hold();
        Task<HttpResponseMessage> first = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        Task<HttpResponseMessage>[] queued = await host.QueueAsync("base", TestHost.Body(8, word: 10), TestHost.Many(6, 7), TestHost.Body(9, word: 20));
        host.Engine.Release();

        Assert.All(await Task.WhenAll([first, .. queued]), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(2, host.Engine.Batches.Count);
        Assert.Equal([8, 6, 7, 9], host.Engine.Batches.Last().RowLengths);
        Assert.Equal([10, 7, 7, 20], host.Engine.Batches.Last().FirstWords);
    }

    [Fact]
    public async Task TokenLimit_EntryThatDoesNotFit_IsPassedByShorterOnesAndIsNext()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Defaults:MaxBatchTokens", "32"));
        host.Engine.Hold();
        Task<HttpResponseMessage> first = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        Task<HttpResponseMessage>[] queued = await host.QueueAsync(
            "base", TestHost.Body(10), TestHost.Body(10), TestHost.Body(20), TestHost.Body(6), TestHost.Body(6), TestHost.Body(32));
        host.Engine.Release();

        await Task.WhenAll([first, .. queued]);
        int[][] expected = [[6], [10, 10, 6, 6], [20], [32]];
        Assert.Equal(expected, host.Engine.Batches.Select(batch => batch.RowLengths));
    }

    [Fact]
    public async Task RowLimit_ManyRows_AreSplit()
    {
        await using TestHost host = await TestHost.StartAsync(("Endpoints:Defaults:MaxBatchRows", "3"));
        host.Engine.Hold();
        Task<HttpResponseMessage> first = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        Task<HttpResponseMessage>[] queued = await host.QueueAsync("base", TestHost.Many(6, 6), TestHost.Many(7, 7), TestHost.Body(8));
        host.Engine.Release();

        await Task.WhenAll([first, .. queued]);
        int[][] expected = [[6], [6, 6, 7], [7, 8]];
        Assert.Equal(expected, host.Engine.Batches.Select(batch => batch.RowLengths));
    }

    [Fact]
    public async Task TwoEndpoints_BothBusy_TakeTurns()
    {
        // On a clock that stands still batches cost nothing, so that shares are equal all the time.
        await using TestHost host = await TestHost.StartPairAsync(new FakeEngine(), new ManualTimeProvider(), ("Endpoints:Defaults:MaxBatchRows", "1"));
        host.Engine.Hold();
        Task<HttpResponseMessage> first = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        Task<HttpResponseMessage>[] onBase = await host.QueueAsync("base", [.. Enumerable.Repeat(TestHost.Body(), 4)]);
        Task<HttpResponseMessage>[] onPruned = await host.QueueAsync("pruned", [.. Enumerable.Repeat(TestHost.Body(), 2)]);
        host.Engine.Release();

        await Task.WhenAll([first, .. onBase, .. onPruned]);
        Assert.Equal("bpbpbbb", string.Concat(host.Engine.Batches.Select(batch => batch.SubNetwork == "full" ? 'b' : 'p')));
    }

    [Fact]
    public async Task TwoLanes_TwoRequests_RunAtOnce()
    {
        await using TestHost host = await TestHost.StartAsync(new FakeEngine(laneCount: 2), null);
        host.Engine.Hold();

        Task<HttpResponseMessage> first = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();
        Task<HttpResponseMessage> second = host.PostAsync(TestHost.Body());
        await host.Engine.BatchStarted();

        Assert.Equal([0, 1], host.Engine.Batches.Select(batch => batch.Lane).Order());
        host.Engine.Release();
        await Task.WhenAll(first, second);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ManyClients_AnyNumberOfLanes_AreAllAnswered(int lanes)
    {
        await using TestHost host = await TestHost.StartPairAsync(
            new FakeEngine(lanes), null, ("Endpoints:Defaults:MaxQueueDelay", "00:01:00"), ("Endpoints:Defaults:MaxBatchTokens", "64"));

        // A lane that misses a wake-up leaves its client waiting for ever.
        await Parallel.ForEachAsync(Enumerable.Range(0, 3000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, cancellationToken) =>
        {
            using HttpResponseMessage response = await host.PostAsync(TestHost.Body(6 + (i % 40)), i % 3 == 0 ? "/endpoints/pruned/invoke" : "/invoke", cancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        });

        Assert.Equal((0, 0, 0L), (host.Endpoint().Load.Rows, host.Endpoint().Load.InFlightRows, host.Endpoint().Load.Waiting().Tokens));
        Assert.All(host.Engine.Batches, batch => Assert.True(batch.Tokens <= 64 || batch.RowLengths.Length == 1));
    }
}
