namespace Endpoints.Bert.Tests;

/// <summary>Counts bytes that a call allocates on this thread.</summary>
internal static class Allocations
{
    private const int Rounds = 20;

    /// <summary>
    /// The least of several calls: other tests' garbage may have the collector empty the pools between two of them, and the runtime itself may allocate on this
    /// thread while it still optimises methods. What allocates by itself does so every time.
    /// </summary>
    public static long Least(Action action)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
