using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Endpoints.Compute.Threads;

/// <summary>One region of parallel work: a number of items, each of which may run on any thread of the team.</summary>
public interface IWork
{
    /// <summary>Does one item. Items write to places of their own, so results do not depend on who ran them.</summary>
    /// <param name="item">0 to the number of items - 1.</param>
    /// <param name="worker">0 to the team's size - 1: which scratch memory is this thread's.</param>
    void Execute(int item, int worker);
}

/// <summary>
/// A fixed team of threads that runs regions of work of tens of microseconds: threads claim items by one atomic increment,
/// spin for a moment between regions, and sleep when nothing comes.
/// </summary>
/// <remarks>
/// The caller is worker 0 and never waits for a thread that has not joined: a team-mate that the operating system is late to
/// wake costs nothing but its help. One caller at a time; regions do not nest. A region allocates nothing.
/// <para>
/// A seated team (<see cref="Seating"/>) pins its own threads for good. The caller's thread is somebody else's: it is moved to its seat when a
/// region finds it elsewhere, but keeps its mask, so nothing need be undone and threads that it starts inherit nothing. Looking where it is costs
/// 5 ns a region, moving it about 10 µs, which is rare: a busy thread whose neighbours' processors are busy stays where it is.
/// </para>
/// </remarks>
public sealed unsafe class ThreadTeam : IDisposable
{
    private const int SpinsBeforeSleep = 400;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Seat? _callerSeat;
    private delegate*<void*, int, int, void> _body;
    private void* _state;
    private int _items;
    private PaddedInt _next;
    private PaddedInt _joined;
    private PaddedInt _generation;
    private PaddedInt _open;
    private int _sleeping;
    private bool _stopping;
    private Exception? _failure;

    /// <summary>Starts a team that is pinned where it takes most of the processors (<see cref="Seating"/> says when and why).</summary>
    /// <param name="size">Threads, the caller included; at least 1.</param>
    /// <param name="name">Prefix of the threads' names.</param>
    /// <param name="pinThreads">False leaves the threads to the scheduler.</param>
    public ThreadTeam(int size, string name = "compute", bool pinThreads = true)
        : this(size, name, pinThreads ? Seating.Plan(1, size)[0] : Seating.Free)
    {
    }

    /// <summary>Starts a team with seats that were planned together with those of other teams.</summary>
    /// <param name="size">Threads, the caller included; at least 1.</param>
    /// <param name="name">Prefix of the threads' names.</param>
    /// <param name="seating">Where they run: as many seats as threads, or <see cref="Seating.Free"/>.</param>
    public ThreadTeam(int size, string name, Seating seating)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        IReadOnlyList<Seat> seats = seating.Seats;
        if (seats.Count > 0 && seats.Count != size)
        {
            throw new ArgumentException($"{size} seats are expected, one for each thread, {seats.Count} were given.", nameof(seating));
        }

        Size = size;
        IsPinned = seats.Count > 0;
        _callerSeat = IsPinned ? seats[0] : null;
        _threads = new Thread[size - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            Seat? seat = IsPinned ? seats[worker] : null;
            _threads[i] = new Thread(() => Loop(worker, seat)) { IsBackground = true, Name = $"{name}-{worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of threads, the caller included.</summary>
    public int Size { get; }

    /// <summary>True where each thread has a processor of its own.</summary>
    public bool IsPinned { get; }

    /// <summary>Threads that sleep, or were woken and have not yet run.</summary>
    internal int Sleeping => Volatile.Read(ref _sleeping);

    /// <summary>Wake-ups that no thread has taken yet.</summary>
    internal int PendingWakeUps => _wake.CurrentCount;

    /// <summary>Runs every item of a region and returns when all are done.</summary>
    /// <param name="work">The region; passed by reference, lives on the caller's stack.</param>
    /// <param name="items">Number of items.</param>
    /// <exception cref="Exception">Whatever an item threw, on any thread; items that nobody had claimed by then are not run.</exception>
    /// <typeparam name="TWork">A struct, so that the call to <see cref="IWork.Execute"/> is direct.</typeparam>
    public void Run<TWork>(ref TWork work, int items)
        where TWork : struct, IWork
    {
        if (_callerSeat is { IsTaken: false } seat)
        {
            seat.Visit();
        }

        if (items <= 1 || Size == 1)
        {
            for (int item = 0; item < items; item++)
            {
                work.Execute(item, 0);
            }

            return;
        }

        _body = &Invoke<TWork>;
        _state = Unsafe.AsPointer(ref work);
        _items = items;
        Volatile.Write(ref _next.Value, 0);
        Volatile.Write(ref _open.Value, 1);
        Interlocked.Increment(ref _generation.Value);
        WakeUpTo(items - 1);

        Claim(0);
        Interlocked.Exchange(ref _open.Value, 0);
        var spinner = default(SpinWait);
        while (Volatile.Read(ref _joined.Value) != 0)
        {
            spinner.SpinOnce(sleep1Threshold: -1);
        }

        if (_failure is { } failure)
        {
            _failure = null;
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Ends the threads. Not while a region runs.</summary>
    public void Dispose()
    {
        if (!_stopping)
        {
            _stopping = true;
            Interlocked.Increment(ref _generation.Value);
            _wake.Release(Math.Max(1, _threads.Length));
            foreach (Thread thread in _threads)
            {
                thread.Join();
            }

            _wake.Dispose();
        }
    }

    private static void Invoke<TWork>(void* state, int item, int worker)
        where TWork : struct, IWork => Unsafe.AsRef<TWork>(state).Execute(item, worker);

    /// <summary>
    /// Wakes sleepers, but none that has a wake-up pending: while one waits for a processor, thousands of regions may pass, and a wake-up for
    /// each would later make it spin as often.
    /// </summary>
    private void WakeUpTo(int threads)
    {
        int sleeping = Sleeping;
        if (sleeping > 0)
        {
            int missing = Math.Min(sleeping, threads) - PendingWakeUps;
            if (missing > 0)
            {
                _wake.Release(missing);
            }
        }
    }

    private void Claim(int worker)
    {
        try
        {
            for (int item = Interlocked.Increment(ref _next.Value) - 1; item < _items; item = Interlocked.Increment(ref _next.Value) - 1)
            {
                _body(_state, item, worker);
            }
        }
        catch (Exception exception)
        {
            // The region must close before anyone sees the failure: the others still read the work on the caller's stack.
            _failure = exception;
            Volatile.Write(ref _next.Value, _items);
        }
    }

    private void Loop(int worker, Seat? seat)
    {
        // A seat that has gone meanwhile leaves the thread to the scheduler: slower at worst.
        seat?.TryStay();
        int seen = 0;
        while (true)
        {
            WaitForNext(ref seen);
            if (_stopping)
            {
                return;
            }

            // Join first, then look whether the region is still open: the caller closes it first, then waits for who has joined.
            Interlocked.Increment(ref _joined.Value);
            if (Volatile.Read(ref _open.Value) != 0)
            {
                Claim(worker);
            }

            Interlocked.Decrement(ref _joined.Value);
        }
    }

    private void WaitForNext(ref int seen)
    {
        for (int spin = 0; spin < SpinsBeforeSleep; spin++)
        {
            if (Volatile.Read(ref _generation.Value) != seen)
            {
                seen = Volatile.Read(ref _generation.Value);
                return;
            }

            Thread.SpinWait(8);
        }

        Interlocked.Increment(ref _sleeping);
        if (Volatile.Read(ref _generation.Value) == seen)
        {
            _wake.Wait();
        }

        Interlocked.Decrement(ref _sleeping);
        seen = Volatile.Read(ref _generation.Value);
    }

    /// <summary>A counter on a cache line of its own.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 192)]
    private struct PaddedInt
    {
        [System.Runtime.InteropServices.FieldOffset(64)]
        public int Value;
    }
}
