using System.Runtime;
using System.Runtime.InteropServices;

namespace Endpoints.Serving.Lifetime;

/// <summary>What models leave behind when they come and go: a few large arrays, which would otherwise stay until something else needs as much.</summary>
internal static partial class FreedMemory
{
    /// <summary>Gives to the system what nobody uses. Stops every thread for some milliseconds.</summary>
    public static void GiveBack()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        TrimNative();
    }

    // The C library has a heap for each of a number of threads, and keeps in each of them what was freed there.
    private static void TrimNative()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Only glibc keeps so much, and only it has this.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
