using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Users;

/// <summary>Makes one request: asks, tries again where that was asked for, and counts what came of it.</summary>
internal sealed class Asking(TargetUnderTest target, LoadTestOptions options, TimeProvider time)
{
    /// <summary>The longest wait before another attempt, as in AWS clients.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private readonly Random _random = new(options.Seed);
    private readonly Lock _lock = new();

    /// <summary>Makes a request with the next question.</summary>
    /// <param name="asker">Is free.</param>
    /// <param name="planned">Timestamp of when it was to be sent; its latency counts from then.</param>
    /// <param name="counts">Where it counts, besides the target's whole test.</param>
    /// <param name="over">Fires when nothing is to be tried again any more.</param>
    /// <returns>How it ended; null when the run was interrupted before an answer came.</returns>
    public async Task<Outcome?> AskAsync(IAsker asker, long planned, Recorder counts, CancellationToken over)
    {
        Question question = target.Questions.Next();
        for (int attempt = 0; ; attempt++)
        {
            long sent = time.GetTimestamp();
            if (await asker.AskAsync(question).ConfigureAwait(false) is not { } answer)
            {
                target.NoteAbandoned();
                return null;
            }

            answer = answer with { Change = target.FirstAnswers.Compare(question.Pair, answer) };
            target.Log?.Note(target, question, attempt, planned, sent, answer);
            counts.RecordAttempt(answer);
            target.Whole.RecordAttempt(answer);
            if (answer.MayRetry && attempt < options.Retries && !over.IsCancellationRequested)
            {
                await Pause.ForAsync(WaitBefore(attempt + 1), time, over).ConfigureAwait(false);
                continue;
            }

            answer = answer with { Latency = time.GetElapsedTime(planned, sent) + answer.Latency };
            counts.Record(answer);
            target.Note(answer);
            return answer.Outcome;
        }
    }

    /// <summary>A random part of 1, 2, 4, 8, ... s, so that clients who were turned away together do not come back together.</summary>
    private TimeSpan WaitBefore(int retry)
    {
        lock (_lock)
        {
            TimeSpan most = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(retry - 1, 10)));
            return _random.NextDouble() * (most < LongestWait ? most : LongestWait);
        }
    }
}
