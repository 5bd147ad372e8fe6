using Endpoints.LoadTest.Measuring;
using Endpoints.LoadTest.Output;

namespace Endpoints.LoadTest.Users;

/// <summary>What all virtual users of one target share: its questions and the counts of its whole test, warm-ups included.</summary>
internal sealed class TargetUnderTest(LoadTarget target, Questions questions, TimeProvider time, RequestLog? log = null)
{
    private long _abandoned;
    private int _users;

    public LoadTarget Target { get; } = target;

    public Questions Questions { get; } = questions;

    /// <summary>What each question was answered first.</summary>
    public FirstAnswers FirstAnswers { get; } = new(questions.Count);

    /// <summary>Where attempts are written line by line; null for nowhere.</summary>
    public RequestLog? Log { get; } = log;

    /// <summary>Number of the stage that runs, from 1. No request is under way when it changes.</summary>
    public int Stage { get; set; }

    public Recorder Whole { get; } = new();

    public FailureLog Failures { get; } = new();

    /// <summary>Requests whose answer was not waited for because the run was interrupted.</summary>
    public long Abandoned => Volatile.Read(ref _abandoned);

    /// <summary>Virtual users at work now.</summary>
    public int Users
    {
        get => Volatile.Read(ref _users);
        set => Volatile.Write(ref _users, value);
    }

    public long Started { get; } = time.GetTimestamp();

    /// <summary>Time since the test of this target began.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(Started);

    public void Note(Answer answer)
    {
        Whole.Record(answer);
        if (answer.Error is { } reason)
        {
            Failures.Note(reason, answer.Exception, time.GetUtcNow());
        }
    }

    public void NoteAbandoned() => Interlocked.Increment(ref _abandoned);
}
