namespace Endpoints.Serving.Catalog;

/// <summary>Counts who uses something that may be retired: nobody enters after that, and the last one to leave empties it.</summary>
internal sealed class Occupancy
{
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The owner counts for one until it retires.
    private int _users = 1;

    /// <summary>Completes when it was retired and the last user has left.</summary>
    public Task Emptied => _emptied.Task;

    public bool TryEnter()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _emptied.TrySetResult();
        }
    }
}
