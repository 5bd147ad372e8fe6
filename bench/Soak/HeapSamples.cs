using System.Globalization;

namespace Endpoints.Bench.Soak;

/// <summary>What a process holds on to in the course of a long run, and whether that grew.</summary>
/// <param name="allowance">Bytes that it may grow by beside a tenth.</param>
internal sealed class HeapSamples(long allowance)
{
    private const double Growth = 1.1;
    private readonly List<long> _heaps = [];

    /// <summary>Bytes at the start. Medians of three, for a collection may come while a request of megabytes is being read; the first sample is of a process that still grows warm.</summary>
    public long Before => Median(_heaps[1..4]);

    /// <summary>Bytes at the end.</summary>
    public long After => Median(_heaps[^3..]);

    public bool AreFlat => After <= (Growth * Before) + allowance;

    /// <summary>Reads <c>[--minutes N]</c>, 10 where it is not given; null when the arguments are others.</summary>
    public static TimeSpan? Length(string[] arguments)
    {
        double minutes = 10;
        return arguments is [] || (arguments is ["--minutes", var text] && double.TryParse(text, CultureInfo.InvariantCulture, out minutes) && minutes > 0)
            ? TimeSpan.FromMinutes(minutes)
            : null;
    }

    /// <summary>Collects what nobody holds, and counts the rest.</summary>
    public long Take()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        _heaps.Add(GC.GetTotalMemory(forceFullCollection: false));
        return _heaps[^1];
    }

    private static long Median(List<long> three) => three.Order().ElementAt(1);
}
