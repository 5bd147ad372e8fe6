using System.Runtime;

namespace Endpoints.Serving.Lifetime;

/// <summary>What models leave behind when they come and go: a few large arrays, which would otherwise stay until something else needs as much.</summary>
internal static class FreedMemory
{
    /// <summary>Gives to the system what nobody uses. Stops every thread for some milliseconds.</summary>
    public static void GiveBack()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
