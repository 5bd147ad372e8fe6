using Endpoints.LoadTest.Measuring;

namespace Endpoints.LoadTest.Users;

/// <summary>A loop: ask, wait for the answer, think, again. One question is under way at a time, so a slow server slows its users down (closed loop).</summary>
internal sealed class VirtualUser(TargetClient client, TargetUnderTest target, LoadTestOptions options, TimeProvider time)
{
    /// <summary>Asks until the stage is over; the question then under way is still answered and counted.</summary>
    public async Task RunAsync(StageClock stage)
    {
        while (!stage.IsOver)
        {
            Recorder counts = stage.Counts;
            if (await client.AskAsync(target.Questions.Next()).ConfigureAwait(false) is not { } answer)
            {
                target.NoteAbandoned();
                return;
            }

            counts.Record(answer);
            target.Note(answer);
            TimeSpan pause = options.ThinkTime + (answer.Outcome is Outcome.Throttled or Outcome.Refused ? options.ThrottleBackoff : TimeSpan.Zero);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, time, stage.Over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
