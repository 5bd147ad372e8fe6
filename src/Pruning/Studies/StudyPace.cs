namespace Endpoints.Pruning.Studies;

/// <summary>Counts finished steps and estimates the time left. Thread-safe.</summary>
internal sealed class StudyPace(int total, TimeProvider time, Action<StudyProgress>? progress)
{
    private static readonly TimeSpan Skipped = TimeSpan.FromSeconds(0.2);
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private int _done;
    private int _worked;

    public long Begin() => time.GetTimestamp();

    public void End(string step, long start)
    {
        lock (_lock)
        {
            _done++;

            // Steps of an earlier run take no time, and say nothing about those to come.
            _worked += time.GetElapsedTime(start) > Skipped ? 1 : 0;
            TimeSpan? left = _worked == 0 ? null : time.GetElapsedTime(_start) / _worked * (total - _done);
            progress?.Invoke(new StudyProgress(_done, total, step, left));
        }
    }
}
