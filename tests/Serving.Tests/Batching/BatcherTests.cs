using Endpoints.Bert.Tokenization;
using Endpoints.Serving.Admission;
using Endpoints.Serving.Batching;
using Endpoints.Serving.Options;
using Endpoints.Serving.Tests.Support;

namespace Endpoints.Serving.Tests.Batching;

public sealed class BatcherTests
{
    [Fact]
    public void FormAndFinish_WarmBatch_AllocatesNothing()
    {
        var load = new EndpointLoad();
        var batcher = new Batcher(QueueTerms.Of("e", new EndpointOptions { MaxBatchTokens = 64, MaxBatchRows = 8 }), load, new CostModel(), TimeProvider.System);
        var batch = new Batch();
        Cycle(batcher, load, batch, Requests(load, 20));
        PendingRequest[] requests = Requests(load, 800);

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
        var batcher = new Batcher(QueueTerms.Of("e", new EndpointOptions()), load, new CostModel(), TimeProvider.System);
        PendingRequest[] requests = Requests(load, 3);
        foreach (PendingRequest request in requests)
        {
            Admit(batcher, load, request);
        }

        batcher.AbandonAll(Completion.Stopped);

        Assert.All(requests, request => Assert.Equal(Completion.Stopped, request.Ended.Result));
        Assert.Equal((0, 0, 0L), (load.Rows, load.QueuedRows, load.Waiting().Tokens));
        Assert.False(batcher.TryForm(new Batch(), TimeSpan.MaxValue));
    }

    [Fact]
    public void Enqueue_ManyComeAndGoBeforeALaneIsFree_DepartedOnesAreForgotten()
    {
        var load = new EndpointLoad();
        var batcher = new Batcher(QueueTerms.Of("e", new EndpointOptions { MaxConcurrency = 2 }), load, new CostModel(), TimeProvider.System);

        // Each is still there when the next one comes, and leaves then.
        WeakReference[] all = ComeAndGo(batcher, load, 100);
        GC.Collect();

        Assert.Equal(1, all.Count(request => request.IsAlive));
        Assert.Equal((1, 1), (load.Rows, load.QueuedRows));
    }

    [Fact]
    public void TryForm_RowThatDoesNotFit_IsPassedFourTimesAndThenWaitedFor()
    {
        var bench = new Bench(new EndpointOptions { MaxBatchTokens = 64 });
        bench.Enqueue(60);
        PendingRequest longest = bench.Enqueue(60);
        for (int i = 0; i < 20; i++)
        {
            bench.Enqueue(4);
        }

        // Each batch begins with what is first in line, so the long row is only passed while a longer one is ahead.
        Assert.Equal([60, 4], bench.Form());
        Assert.Equal(1, longest.TimesPassed);
        Assert.Equal([60, 4], bench.Form());
        Assert.Equal(16, bench.Form().Length);
    }

    [Fact]
    public void TryForm_AlwaysSomethingShorterToPass_FourTimesAtMost()
    {
        var bench = new Bench(new EndpointOptions { MaxBatchTokens = 64 });
        PendingRequest longest = bench.Enqueue(64);
        for (int i = 0; i < 8; i++)
        {
            // High priority work that keeps coming goes first each time, and short work fills what it leaves.
            bench.Enqueue(30, Priority.High);
            bench.Enqueue(8);
            Assert.Equal(i < Batcher.MostPasses ? [30, 8] : [30], bench.Form());
        }

        Assert.Equal(Batcher.MostPasses, longest.TimesPassed);
        bench.Time.Advance(WaitingLine.Step);
        bench.Enqueue(30, Priority.High);
        Assert.Equal([64], bench.Form());
    }

    [Fact]
    public void TryForm_ManyRowsOfOneRequest_StayInOrderWhileOthersPass()
    {
        var bench = new Bench(new EndpointOptions { MaxBatchTokens = 32 });
        PendingRequest rows = new([.. new[] { 20, 20, 6 }.Select(length => new Encoding(new int[length], new int[length], false))], 2, 0) { Owner = bench.Owner };
        bench.Add(rows);
        bench.Enqueue(10);

        Assert.Equal([20, 10], bench.Form());
        Assert.Equal([20, 6], bench.Form());
    }

    [Fact]
    public async Task TryForm_DeadlinePassed_IsEndedAndNeverComputed()
    {
        var bench = new Bench(new EndpointOptions());
        PendingRequest late = bench.Enqueue(10, deadline: TimeSpan.FromMilliseconds(5)), good = bench.Enqueue(12);
        bench.Time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Equal([12], bench.Form());
        Assert.Equal(Completion.TimedOut, await late.Ended);
        Assert.False(good.Ended.IsCompleted);
        Assert.Equal((1, 0, 1), (bench.Load.Rows, bench.Load.QueuedRows, bench.Load.InFlightRows));
    }

    [Fact]
    public void TryForm_RowsThatWouldMakeAnotherLate_WaitForTheNextBatch()
    {
        // 1 ms for each token.
        var bench = new Bench(new EndpointOptions(), new CostTerms(0, 0.001, 0));
        bench.Enqueue(10, deadline: TimeSpan.FromMilliseconds(25));
        bench.Enqueue(10);
        bench.Enqueue(10);

        Assert.Equal([10, 10], bench.Form());
        Assert.Equal([10], bench.Form());
    }

    [Fact]
    public async Task TryForm_CannotBeDoneInTime_IsGivenUpOnlyWhileTheModelIsCurrent()
    {
        var bench = new Bench(new EndpointOptions(), new CostTerms(0, 0.001, 0));
        bench.Enqueue(50, deadline: TimeSpan.FromMilliseconds(10));
        Assert.Equal([50], bench.Form());

        PendingRequest hopeless = bench.Enqueue(50, deadline: TimeSpan.FromMilliseconds(10));
        Assert.Empty(bench.Form());
        Assert.Equal(Completion.TimedOut, await hopeless.Ended);
        Assert.Equal(0, bench.Load.QueuedRows);

        bench.Time.Advance(TimeSpan.FromSeconds(2));
        bench.Enqueue(50, deadline: TimeSpan.FromMilliseconds(10));
        Assert.Equal([50], bench.Form());
    }

    [Fact]
    public void TryForm_DurationLimit_BoundsBatchesOfSeveralRowsOnly()
    {
        var bench = new Bench(new EndpointOptions(), new CostTerms(0.005, 0.001, 0));
        foreach (int length in new[] { 10, 10, 10, 100, 10 })
        {
            bench.Enqueue(length);
        }

        Assert.Equal([10, 10], bench.Form(TimeSpan.FromMilliseconds(25)));
        Assert.Equal([10, 10], bench.Form(TimeSpan.FromMilliseconds(25)));
        Assert.Equal([100], bench.Form(TimeSpan.FromMilliseconds(25)));
    }

    /// <summary>A batcher with what it needs, and what its last batch held.</summary>
    private sealed class Bench(EndpointOptions options, CostTerms cost = default)
    {
        private readonly Batch _batch = new();
        private Batcher? _batcher;

        public EndpointLoad Load { get; } = new();

        public RowOwner Owner => field ??= Rows.OwnerOf(Load);

        public ManualTimeProvider Time { get; } = new();

        private Batcher Batcher => _batcher ??= Create();

        public PendingRequest Enqueue(int length, Priority priority = Priority.Normal, TimeSpan? deadline = null)
        {
            long end = deadline is { } limit ? Time.GetTimestamp() + limit.Ticks : long.MaxValue;
            var request = new PendingRequest([new Encoding(new int[length], new int[length], false)], 2, Time.GetTimestamp(), priority, end) { Owner = Owner };
            Add(request);
            return request;
        }

        public void Add(PendingRequest request)
        {
            Work work = request.TotalWork();
            Assert.True(Load.TryAdmit(work, request.Priority, 512));
            Batcher.Enqueue(request, work);
            Time.Advance(TimeSpan.FromTicks(1));
        }

        /// <summary>The lengths of the rows of the next batch.</summary>
        public int[] Form(TimeSpan? limit = null)
        {
            _batch.Clear();
            Batcher.TryForm(_batch, limit ?? TimeSpan.FromDays(1));
            return [.. Enumerable.Range(0, _batch.Count).Select(i => _batch.Tokens.Offsets[i + 1] - _batch.Tokens.Offsets[i])];
        }

        private Batcher Create()
        {
            var model = new CostModel();
            Work[] shapes = [Work.OfRow(10), Work.OfRow(100), new(4, 200, 10_000)];
            model.Calibrate(shapes.Select(shape => (shape, TimeSpan.FromSeconds(cost.Seconds(shape)))));
            return new Batcher(QueueTerms.Of("e", options), Load, model, Time);
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static WeakReference[] ComeAndGo(Batcher batcher, EndpointLoad load, int count)
    {
        PendingRequest[] requests = Requests(load, count);
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

    private static PendingRequest[] Requests(EndpointLoad load, int count)
    {
        RowOwner owner = Rows.OwnerOf(load);
        return [.. Enumerable.Range(0, count).Select(_ => new PendingRequest([new Encoding(new int[10], new int[10], false)], 2, 0) { Owner = owner })];
    }

    private static void Admit(Batcher batcher, EndpointLoad load, PendingRequest request)
    {
        var estimated = Work.OfRow(12);
        Assert.True(load.TryAdmit(estimated, request.Priority, 512));
        batcher.Enqueue(request, estimated);
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

            while (batcher.TryForm(batch, TimeSpan.MaxValue))
            {
                batch.LeaveLoad();
                batch.Finish(batch.Logits(2), 2, 0);
                batch.Clear();
            }
        }
    }
}
