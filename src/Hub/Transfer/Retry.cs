using System.Globalization;

namespace Endpoints.Hub.Transfer;

/// <summary>Counts the failures of one piece of work and waits between its attempts: twice as long each time, or as long as the server asks.</summary>
internal sealed class Retry(TransferOptions options, TimeProvider time, ITransferProgress progress)
{
    private int _failures;

    /// <summary>Runs until it succeeds or fails for good.</summary>
    public static async Task<T> RunAsync<T>(Func<Task<T>> attempt, TransferOptions options, TimeProvider time, ITransferProgress progress, CancellationToken cancellationToken)
    {
        var retry = new Retry(options, time, progress);
        while (true)
        {
            try
            {
                return await attempt().ConfigureAwait(false);
            }
            catch (TransientException failure)
            {
                await retry.WaitAsync(failure, "", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Something was gained since the last failure.</summary>
    public void Reset() => _failures = 0;

    /// <summary>Waits before the next attempt.</summary>
    /// <param name="failure">What ended the last one.</param>
    /// <param name="kept">What to add to the error if this was the last one: where the part is that did arrive.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HubException">There were enough attempts, or the server asks for more patience than there is.</exception>
    public async Task WaitAsync(TransientException failure, string kept, CancellationToken cancellationToken)
    {
        _failures++;
        if (_failures >= options.Attempts)
        {
            throw new HubException($"{failure.Message}, in {_failures} attempts: check the connection and try again.{kept}", failure);
        }

        if (failure.RetryAfter > options.LongestPause)
        {
            throw new HubException($"{failure.Message} and asks to wait {Seconds(failure.RetryAfter.Value)}: try again then.{kept}", failure);
        }

        TimeSpan pause = failure.RetryAfter ?? Backoff();
        progress.Note($"{failure.Message}; trying again in {Seconds(pause)}.");
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Up to a quarter longer than the power of two, so that many clients do not come back at once.</summary>
    private TimeSpan Backoff()
    {
        double factor = Math.Pow(2, _failures - 1) * (1 + (Random.Shared.NextDouble() / 4));
        return factor * options.FirstPause < options.LongestPause ? factor * options.FirstPause : options.LongestPause;
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):0} s");
}
