using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Users;

/// <summary>A loop: ask, wait for the answer, think, again. One question is under way at a time, so a slow server slows its users down (closed loop).</summary>
internal sealed class VirtualUser(IAsker asker, Asking asking, LoadTestOptions options, TimeProvider time)
{
    /// <summary>Asks until the stage is over; the question then under way is still answered and counted.</summary>
    public async Task RunAsync(StageClock stage)
    {
        while (!stage.IsOver)
        {
            long sent = time.GetTimestamp();
            if (await asking.AskAsync(asker, sent, stage.Counts, stage.Over).ConfigureAwait(false) is not { } outcome)
            {
                return;
            }

            long answered = time.GetTimestamp();
            TimeSpan wait = WaitAfter(outcome, time.GetElapsedTime(sent, answered));
            if (wait > TimeSpan.Zero)
            {
                await Pause.ForAsync(wait, time, stage.Over).ConfigureAwait(false);
                TimeSpan late = time.GetElapsedTime(answered) - wait;
                if (!stage.IsOver && options.PlansSends)
                {
                    stage.Counts.Lag.Record((long)late.TotalMicroseconds);
                }
            }
        }
    }

    /// <summary>The pause after an answer; with pacing what is left of it, so that requests start at even intervals, but never early to catch up.</summary>
    private TimeSpan WaitAfter(Outcome outcome, TimeSpan taken)
    {
        TimeSpan think = options.ThinkTime + (outcome is Outcome.Throttled or Outcome.Refused ? options.ThrottleBackoff : TimeSpan.Zero);
        TimeSpan left = options.Pacing - taken;
        return think > left ? think : left;
    }
}
