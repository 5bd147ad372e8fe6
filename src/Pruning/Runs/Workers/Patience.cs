using System.Globalization;
using Endpoints.Pruning.Runs.Storage;

namespace Endpoints.Pruning.Runs.Workers;

/// <summary>Tries again while a storage is away: a worker should not lose an evaluation because a database was restarted.</summary>
internal sealed class Patience(TimeProvider time, Action<string> notice)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Runs something that can be repeated whole.</summary>
    /// <exception cref="IOException">The storage was away for longer than the limit.</exception>
    public T Try<T>(Func<T> operation, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        TimeSpan pause = TimeSpan.FromMilliseconds(250);
        for (bool first = true; ; first = false)
        {
            try
            {
                return operation();
            }
            catch (StorageAwayException exception) when (time.GetElapsedTime(start) < Limit)
            {
                if (first)
                {
                    notice(string.Create(
                        CultureInfo.InvariantCulture, $"{exception.Message.TrimEnd('.')}: trying again for {Limit.TotalMinutes:0} minutes."));
                }
            }

            Pause(pause, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Waits, unless cancelled.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Pause(TimeSpan pause, CancellationToken cancellationToken) => Task.Delay(pause, time, cancellationToken).GetAwaiter().GetResult();
}
