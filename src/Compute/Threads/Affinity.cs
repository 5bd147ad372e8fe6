using System.Runtime.InteropServices;

namespace Endpoints.Compute.Threads;

/// <summary>The calling thread's affinity mask and present processor, from Linux; elsewhere nothing is known and nothing is done.</summary>
internal static unsafe partial class Affinity
{
    /// <summary>Words of a mask: 8,192 processors, the most that Linux can be built for.</summary>
    public const int Words = 128;

    private const int WordBits = 64;

    /// <summary>False where the calls do not exist; then <see cref="Current"/> is -1 and nothing can be read or set.</summary>
    public static bool IsAvailable { get; } = OperatingSystem.IsLinux() && HasCalls();

    /// <summary>The logical processor that the calling thread is on, about 5 ns; -1 where it is not known.</summary>
    public static int Current => IsAvailable ? GetProcessor() : -1;

    /// <summary>Reads the calling thread's mask; false where the system refuses.</summary>
    /// <param name="mask"><see cref="Words"/> words.</param>
    public static bool TryRead(Span<ulong> mask)
    {
        mask.Clear();
        fixed (ulong* words = mask)
        {
            // The raw call returns the bytes written, the C library's 0; both are negative on failure.
            return IsAvailable && GetMask(0, (nuint)mask.Length * sizeof(ulong), words) >= 0;
        }
    }

    /// <summary>Restricts the calling thread; false where the system refuses. It has moved when this returns.</summary>
    public static bool TrySet(ReadOnlySpan<ulong> mask)
    {
        fixed (ulong* words = mask)
        {
            return IsAvailable && SetMask(0, (nuint)mask.Length * sizeof(ulong), words) == 0;
        }
    }

    /// <summary>True if the mask holds the processor.</summary>
    public static bool Holds(ReadOnlySpan<ulong> mask, int processor) => (mask[processor / WordBits] >> (processor % WordBits) & 1) != 0;

    /// <summary>Adds a processor to the mask.</summary>
    public static void Add(Span<ulong> mask, int processor) => mask[processor / WordBits] |= 1UL << (processor % WordBits);

    private static bool HasCalls()
    {
        try
        {
            ulong* mask = stackalloc ulong[Words];
            return GetMask(0, Words * sizeof(ulong), mask) >= 0 && GetProcessor() >= 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    [SuppressGCTransition]
    private static partial int GetProcessor();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int GetMask(int thread, nuint bytes, ulong* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int SetMask(int thread, nuint bytes, ulong* mask);
}
