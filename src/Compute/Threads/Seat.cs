namespace Endpoints.Compute.Threads;

/// <summary>Where one thread of a team runs: the logical processors of one core, or one of them.</summary>
internal sealed class Seat(int[] processors)
{
    private readonly ulong[] _mask = Mask(processors);

    public IReadOnlyList<int> Processors => processors;

    /// <summary>True while the calling thread is on this seat, and where that cannot be told.</summary>
    public bool IsTaken
    {
        get
        {
            int current = Affinity.Current;
            return current < 0 || Affinity.Holds(_mask, current);
        }
    }

    /// <summary>Holds the calling thread here from now on; false where the system refuses.</summary>
    public bool TryStay() => Affinity.TrySet(_mask);

    /// <summary>Moves the calling thread here and leaves it its mask; does nothing where that mask does not allow this seat.</summary>
    public void Visit()
    {
        Span<ulong> own = stackalloc ulong[Affinity.Words], here = stackalloc ulong[Affinity.Words];
        if (!Affinity.TryRead(own))
        {
            return;
        }

        bool isAllowed = false;
        for (int i = 0; i < own.Length; i++)
        {
            here[i] = own[i] & _mask[i];
            isAllowed |= here[i] != 0;
        }

        if (isAllowed && Affinity.TrySet(here))
        {
            Affinity.TrySet(own);
        }
    }

    private static ulong[] Mask(int[] processors)
    {
        var mask = new ulong[Affinity.Words];
        foreach (int processor in processors)
        {
            Affinity.Add(mask, processor);
        }

        return mask;
    }
}
