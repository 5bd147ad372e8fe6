namespace Endpoints.Serving.Batching;

/// <summary>
/// Requests in the order in which lanes should take them: first come, first served, as if each had come a <see cref="Step"/> later for every step of
/// priority below the highest. Requests link to each other, so that joining and leaving cost the same wherever they stand. Guarded by the batcher's lock.
/// </summary>
internal sealed class WaitingLine(TimeProvider time)
{
    /// <summary>What a step of priority is worth.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly long _step = (long)(Step.TotalSeconds * time.TimestampFrequency);
    private PendingRequest? _last;

    public PendingRequest? First { get; private set; }

    public void Join(PendingRequest request)
    {
        request.Turn = request.EnqueuedAt + ((int)request.Priority * _step);

        // Found from the end: only requests of lower priority, and those that came in the same moment, stand behind the place.
        PendingRequest? before = _last;
        while (before is not null && before.Turn > request.Turn)
        {
            before = before.Previous;
        }

        (request.Previous, request.Next) = (before, before is null ? First : before.Next);
        Link(before, request);
        Link(request, request.Next);
    }

    public void Leave(PendingRequest request)
    {
        PendingRequest? before = request.Previous, after = request.Next;
        (request.Previous, request.Next) = (null, null);
        Link(before, after);
    }

    private void Link(PendingRequest? before, PendingRequest? after)
    {
        if (before is null)
        {
            First = after;
        }
        else
        {
            before.Next = after;
        }

        if (after is null)
        {
            _last = before;
        }
        else
        {
            after.Previous = before;
        }
    }
}
