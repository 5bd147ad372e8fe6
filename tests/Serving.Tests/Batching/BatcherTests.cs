using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Options;

namespace Endpoints.Serving.Tests.Batching;

public sealed class BatcherTests
{
    [Fact]
    public void FormAndFinish_WarmBatch_AllocatesNothing()
    {
        var load = new EndpointLoad();
        var batcher = new Batcher(new EndpointOptions { MaxBatchTokens = 64, MaxBatchRows = 8 }, load, TimeProvider.System);
        var batch = new Batch();
        Cycle(batcher, load, batch, Requests(20));
        PendingRequest[] requests = Requests(800);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Cycle(batcher, load, batch, requests);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.All(requests, request => Assert.Equal(Completion.Computed, request.Ended.Result));
    }

    [Fact]
    public void AbandonAll_WhatWaits_EndsAndLeavesNoLoad()
    {
        var load = new EndpointLoad();
        var batcher = new Batcher(new EndpointOptions(), load, TimeProvider.System);
        PendingRequest[] requests = Requests(3);
        foreach (PendingRequest request in requests)
        {
            Admit(batcher, load, request);
        }

        batcher.AbandonAll(Completion.Stopped);

        Assert.All(requests, request => Assert.Equal(Completion.Stopped, request.Ended.Result));
        Assert.Equal((0, 0, 0L), (load.Rows, load.QueuedRows, load.QueuedTokens));
        Assert.False(batcher.TryForm(new Batch()));
    }

    [Fact]
    public void Enqueue_ManyComeAndGoBeforeALaneIsFree_DepartedOnesAreForgotten()
    {
        var load = new EndpointLoad();
        var batcher = new Batcher(new EndpointOptions { MaxConcurrency = 2 }, load, TimeProvider.System);

        // Each is still there when the next one comes, and leaves then.
        WeakReference[] all = ComeAndGo(batcher, load, 100);
        GC.Collect();

        Assert.InRange(all.Count(request => request.IsAlive), 1, 10);
        Assert.Equal((1, 1), (load.Rows, load.QueuedRows));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference[] ComeAndGo(Batcher batcher, EndpointLoad load, int count)
    {
        PendingRequest[] requests = Requests(count);
        for (int i = 0; i < count; i++)
        {
            Admit(batcher, load, requests[i]);
            if (i > 0)
            {
                batcher.Abandon(requests[i - 1], Completion.Cancelled);
            }
        }

        return [.. requests.Select(request => new WeakReference(request))];
    }

    private static PendingRequest[] Requests(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => new PendingRequest([new Encoding(new int[10], new int[10], false)], 2, 0))];

    private static void Admit(Batcher batcher, EndpointLoad load, PendingRequest request)
    {
        Assert.True(load.TryAdmit(1, 12, 512));
        load.Enqueue(1, 10, 12);
        batcher.Enqueue(request);
    }

    // Waves of 20 requests, each computed in batches of 6 (64 tokens).
    private static void Cycle(Batcher batcher, EndpointLoad load, Batch batch, PendingRequest[] requests)
    {
        for (int wave = 0; wave < requests.Length; wave += 20)
        {
            for (int i = wave; i < wave + 20; i++)
            {
                Admit(batcher, load, requests[i]);
            }

            while (batcher.TryForm(batch))
            {
                load.Finish(batch.Count);
                batch.Finish(batch.Logits(2), 2, 0);
                batch.Clear();
            }
        }
    }
}
