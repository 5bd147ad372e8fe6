using System.Collections.Concurrent;
using Endpoints.Compute.Threads;

namespace Endpoints.Compute.Tests.Threads;

public sealed class ThreadTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Run_AnyNumberOfItems_RunsEachExactlyOnce(int size)
    {
        using var team = new ThreadTeam(size);
        foreach (int items in (int[])[0, 1, 2, 3, 7, 64, 1000])
        {
            var counts = new int[items];
            var work = new CountWork(counts, size);
            team.Run(ref work, items);
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    public void Run_HundredThousandSmallRegions_LosesNoItemAndKeepsNoWakeUps(int size)
    {
        using var team = new ThreadTeam(size);
        var counts = new int[3];
        var work = new CountWork(counts, size);
        for (int region = 1; region <= 100_000; region++)
        {
            team.Run(ref work, counts.Length);
            if (counts[0] + counts[1] + counts[2] != 3 * region || team.PendingWakeUps >= size)
            {
                Assert.Fail($"After region {region}: items ran {string.Join(", ", counts)} times, {team.PendingWakeUps} wake-ups are pending.");
            }
        }
    }

    [Fact]
    public void Run_MoreItemsThanBlockedThreads_UsesEveryThread()
    {
        using var team = new ThreadTeam(3);
        for (int region = 0; region < 20; region++)
        {
            RunOnAllThreads(team);
        }
    }

    [Fact]
    public void Run_AfterEveryThreadFellAsleep_WakesThem()
    {
        using var team = new ThreadTeam(3);
        for (int region = 0; region < 20; region++)
        {
            SpinWait.SpinUntil(() => team.Sleeping == 2);
            RunOnAllThreads(team);
        }
    }

    [Fact]
    public void Run_FewerItemsThanSleepers_IsDoneByWhoIsAwake()
    {
        using var team = new ThreadTeam(8);
        SpinWait.SpinUntil(() => team.Sleeping == 7);
        var counts = new int[2];
        var work = new CountWork(counts, 8);
        team.Run(ref work, 2);
        Assert.Equal([1, 1], counts);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_ItemThrows_CallerGetsItAndTheTeamStaysUsable(int size)
    {
        using var team = new ThreadTeam(size);
        for (int region = 0; region < 200; region++)
        {
            var failing = new ThrowingWork(region % 10);
            Assert.Equal($"item {region % 10}", Assert.Throws<NotSupportedException>(() => team.Run(ref failing, 10)).Message);
            var counts = new int[10];
            var work = new CountWork(counts, size);
            team.Run(ref work, 10);
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Run_ItemThrowsOnAnotherThread_CallerGetsItWithItsStack()
    {
        using var team = new ThreadTeam(2);
        using var barrier = new Barrier(2);
        var work = new ThrowOffCallerWork(barrier);
        var exception = Assert.Throws<NotSupportedException>(() => team.Run(ref work, 2));
        Assert.Contains(nameof(ThrowOffCallerWork), exception.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WarmRegions_AllocateNothing()
    {
        using var team = new ThreadTeam(2);
        var work = new CountWork(new int[8], 2);
        team.Run(ref work, 8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int region = 0; region < 10_000; region++)
        {
            team.Run(ref work, 8);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Dispose_SpinningOrSleepingThreads_EndsThem()
    {
        foreach (bool sleeping in (bool[])[false, true])
        {
            var team = new ThreadTeam(4);
            Thread[] threads = RunOnAllThreads(team);
            Assert.Equal(4, threads.Distinct().Count());
            if (sleeping)
            {
                SpinWait.SpinUntil(() => team.Sleeping == 3);
            }

            team.Dispose();
            team.Dispose();
            Assert.Equal([Thread.CurrentThread], threads.Where(thread => thread.IsAlive));
        }
    }

    [Fact]
    public void Run_TeamOfAllProcessors_PutsEachThreadOnItsOwn()
    {
        int[] processors = [.. Processors.Cores.SelectMany(core => core)];
        using var team = new ThreadTeam(Math.Max(1, processors.Length));
        Assert.Equal(processors.Length > 1, team.IsPinned);
        if (team.IsPinned)
        {
            OnAThreadOfItsOwn(() =>
            {
                // The scheduler may move a caller on, so it need not be found on its seat each time; left alone it would be there now and then.
                ulong[] before = Mask();
                int seated = 0;
                for (int region = 0; region < 50; region++)
                {
                    Assert.True(new Seat([processors[^1]]).TryStay());
                    Assert.True(Affinity.TrySet(before));
                    int[] found = WhereAllThreadsRun(team);
                    Assert.Equal(processors[1..], found[1..]);
                    Assert.Equal(before, Mask());
                    seated += found[0] == processors[0] ? 1 : 0;
                }

                Assert.True(seated > 25, $"The caller was on its seat in {seated} of 50 regions.");
            });
        }
    }

    [Fact]
    public void Run_CallerWhoseOwnMaskExcludesItsSeat_StaysWhereItMayRun()
    {
        int[] processors = [.. Processors.Cores.SelectMany(core => core)];
        using var team = new ThreadTeam(Math.Max(1, processors.Length));
        if (team.IsPinned)
        {
            OnAThreadOfItsOwn(() =>
            {
                Assert.True(new Seat([processors[^1]]).TryStay());
                ulong[] before = Mask();
                Assert.Equal(processors[^1], WhereAllThreadsRun(team)[0]);
                Assert.Equal(before, Mask());
            });
        }
    }

    [Fact]
    public void Constructor_PinningOff_LeavesThreadsFree()
    {
        using var team = new ThreadTeam(Math.Max(1, Environment.ProcessorCount), pinThreads: false);
        Assert.False(team.IsPinned);
    }

    [Fact]
    public void Constructor_OtherNumberOfSeats_IsRefused()
    {
        Seating three = Seating.Plan(1, 3, [[0], [1], [2]], null)[0];
        Assert.Contains("2 seats are expected", Assert.Throws<ArgumentException>(() => new ThreadTeam(2, "team", three)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_SeatsThatAreNotThere_RunsAllTheSame()
    {
        using var team = new ThreadTeam(2, "team", Seating.Plan(1, 2, [[8000], [8001]], null)[0]);
        RunOnAllThreads(team);
    }

    [Fact]
    public void Constructor_NoThread_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new ThreadTeam(0));

    /// <summary>An item for each thread that waits for all the others: returns only if every thread takes part.</summary>
    private static Thread[] RunOnAllThreads(ThreadTeam team)
    {
        using var barrier = new Barrier(team.Size);
        var work = new MeetWork(barrier, []);
        team.Run(ref work, team.Size);
        Assert.Equal(Enumerable.Range(0, team.Size), work.Met.Keys.Order());
        return [.. work.Met.Values];
    }

    private static int[] WhereAllThreadsRun(ThreadTeam team)
    {
        using var barrier = new Barrier(team.Size);
        var work = new WhereWork(barrier, new int[team.Size]);
        team.Run(ref work, team.Size);
        return work.Processors;
    }

    private static ulong[] Mask()
    {
        var mask = new ulong[Affinity.Words];
        Assert.True(Affinity.TryRead(mask));
        return mask;
    }

    /// <summary>Runs something on a thread that ends with it, so that its mask is nobody else's.</summary>
    private static void OnAThreadOfItsOwn(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private readonly struct CountWork(int[] counts, int size) : IWork
    {
        public void Execute(int item, int worker)
        {
            if ((uint)worker >= (uint)size)
            {
                throw new ArgumentOutOfRangeException(nameof(worker), worker, $"A team of {size} has no such thread.");
            }

            Interlocked.Increment(ref counts[item]);
        }
    }

    private readonly struct MeetWork(Barrier barrier, ConcurrentDictionary<int, Thread> met) : IWork
    {
        public ConcurrentDictionary<int, Thread> Met { get; } = met;

        public void Execute(int item, int worker)
        {
            Met[worker] = Thread.CurrentThread;
            barrier.SignalAndWait();
        }
    }

    private readonly struct WhereWork(Barrier barrier, int[] processors) : IWork
    {
        public int[] Processors { get; } = processors;

        public void Execute(int item, int worker)
        {
            Processors[worker] = Compute.Threads.Processors.Current;
            barrier.SignalAndWait();
        }
    }

    private readonly struct ThrowingWork(int failing) : IWork
    {
        public void Execute(int item, int worker)
        {
            if (item == failing)
            {
                throw new NotSupportedException($"item {item}");
            }
        }
    }

    private readonly struct ThrowOffCallerWork(Barrier barrier) : IWork
    {
        public void Execute(int item, int worker)
        {
            barrier.SignalAndWait();
            if (worker != 0)
            {
                throw new NotSupportedException();
            }
        }
    }
}
