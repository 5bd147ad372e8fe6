namespace Endpoints.Pruning;

/// <summary>
/// A random generator for each seed, purpose and index. What happens at step 17 then depends on no earlier draw: a resumed search draws
/// what it would have drawn, and two strategies of one seed see the same batches and the same random sub-networks.
/// </summary>
internal static class RandomStream
{
    public static Random Create(int seed, string purpose, long index)
    {
        ulong hash = 14695981039346656037; // FNV-1a: string.GetHashCode differs from process to process.
        foreach (char c in purpose)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return new Random((int)(Mix(Mix(hash ^ (uint)seed) ^ (ulong)index) >> 33));
    }

    /// <summary>SplitMix64's finalizer: neighbouring seeds and indices end far apart.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
